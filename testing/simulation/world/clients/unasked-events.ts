import type { SagaEvent } from '../../../../src/engine/saga.ts'
import type { PlayedRoles } from '../network/simulated-play.ts'
import type { Note } from '../observation-log.ts'
import type { SimulatedWorld } from '../simulated-world.ts'

/** Options of `UnaskedEvents`. */
export interface UnaskedEventsOptions {
  readonly roles: PlayedRoles
  readonly post: (event: SagaEvent) => void
}

/** Events of clients and of other services, for states that wait without having asked anybody by a command. */
export class UnaskedEvents {
  readonly #world: SimulatedWorld
  readonly #options: UnaskedEventsOptions

  constructor(world: SimulatedWorld, options: UnaskedEventsOptions) {
    this.#world = world
    this.#options = options
  }

  start(): void {
    this.#world.log.heard = (note) => this.#hear(note)
  }

  #hear(note: Note): void {
    if (note.kind !== 'written' || note.change.step === undefined) return
    const { sagaId, step } = note.change
    const { chance, agenda } = this.#world
    const answer = this.#options.roles.unasked(step.state.id, chance.stream(`client ${sagaId}/${step.number}`))
    if (answer === undefined) return
    const { label, payload, work } = answer
    const event = { id: `key/client/${sagaId}/${step.number}`, sagaId, label, payload }
    agenda.after(work, () => this.#options.post(event))
  }
}
