import type { Duration, Saga } from '../../../../src/engine/saga.ts'
import type { SagaAction } from '../../../../src/orchestrator/operators/saga-operation.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import type { Dice } from '../run-chance.ts'
import type { SimulatedWorld } from '../simulated-world.ts'
import type { DurableSagas } from '../stores/durable-sagas.ts'
import type { Requests } from './requests.ts'

/** Options of `Operators`. */
export interface OperatorsOptions {
  readonly sagas: DurableSagas
  readonly requests: Requests
  readonly definition: MachineDefinition
  /** Actions of the run, and the time in which they happen. */
  readonly actions: number
  readonly within: Duration
}

/** People who act on sagas by hand, at any instant and whatever the saga does (P25). */
export class Operators {
  readonly #world: SimulatedWorld
  readonly #options: OperatorsOptions

  constructor(world: SimulatedWorld, options: OperatorsOptions) {
    this.#world = world
    this.#options = options
  }

  start(): void {
    const { chance, agenda } = this.#world
    const { actions, within } = this.#options
    for (let index = 0; index < actions; index++) {
      const dice = chance.stream(`operator ${index}`)
      const at = dice.upTo(within)
      if (dice.part(`operation ${index}`)) agenda.after(at, () => this.#act(index, dice))
    }
  }

  #act(index: number, dice: Dice): void {
    const { sagas, requests } = this.#options
    const known = [...sagas.all()]
    if (known.length === 0) return
    const { saga } = dice.among(known)
    const operation = { sagaId: saga.id, operator: 'operator', reason: 'because' }
    const id = dice.fault('operation-reused') ? 'key/operation-reused' : `key/operation-${index}`
    requests.operate({ ...operation, id, action: this.#actionOn(saga, dice) })
  }

  #actionOn(saga: Saga, dice: Dice): SagaAction {
    const { states } = this.#options.definition
    const kind = dice.among(KINDS)
    switch (kind) {
      case 'redeliver':
        return { kind, cancelled: dice.is(1 / 2) }
      case 'resend':
      case 'hold':
      case 'release':
        return { kind }
      case 'send-event':
        return { kind, label: dice.among(labelsOf(states)), payload: { byHand: dice.upTo(999) } }
      case 'move':
        return { kind, state: dice.among(states).id, command: dice.is(2 / 3) }
      case 'cancel':
        return { kind, state: dice.among(states.filter(({ isFinal }) => isFinal)).id }
      case 'patch-metadata':
        return { kind, metadata: { patched: dice.upTo(999) } }
      case 'drop-parked':
        return { kind, event: saga.parked[0]?.event.id ?? 'key/none' }
      case 'drop-dead-letter':
        return { kind, letter: saga.deadLetters[0]?.id ?? 'key/none' }
    }
  }
}

const KINDS = [
  'redeliver',
  'resend',
  'hold',
  'hold',
  'release',
  'send-event',
  'move',
  'cancel',
  'patch-metadata',
  'drop-parked',
  'drop-dead-letter',
] as const

function labelsOf(states: MachineDefinition['states']): readonly string[] {
  return states.flatMap(({ outgoingTransitions = [] }) => outgoingTransitions.map(({ inputEvent }) => inputEvent))
}
