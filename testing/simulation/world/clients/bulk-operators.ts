import type { Duration } from '../../../../src/engine/saga.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import type { BulkAction, BulkFilter, BulkRequest } from '../../../../src/orchestrator/bulk/bulk-operation.ts'
import type { Dice } from '../run-chance.ts'
import type { SimulatedWorld } from '../simulated-world.ts'
import type { Requests } from './requests.ts'

/** Options of `BulkOperators`. */
export interface BulkOperatorsOptions {
  readonly requests: Requests
  readonly definition: MachineDefinition
  /** Operations of the run, and the time in which they begin. */
  readonly bulks: number
  readonly within: Duration
}

/** Time after which an operator asks again for the same, or takes it back; sagas a second: a page has no more of them. */
const AGAIN = { least: 1, most: 60_000 }
const TAKEN_BACK = { least: 10, most: 20_000 }
const RATES = [1, 1, 2, 50]
/** Two operations begin within this time of each other. */
const APART: Duration = 5_000

/** Operators who act on all sagas that a filter selects (P25): two at once, one that asks twice, one that changes her mind. */
export class BulkOperators {
  readonly #world: SimulatedWorld
  readonly #options: BulkOperatorsOptions

  constructor(world: SimulatedWorld, options: BulkOperatorsOptions) {
    this.#world = world
    this.#options = options
  }

  start(): void {
    const { chance, agenda } = this.#world
    const { bulks, within } = this.#options
    const from = chance.stream('bulks').wait(0, within)
    for (let index = 0; index < bulks; index++) {
      const dice = chance.stream(`bulk operator ${index}`)
      const at = from + dice.upTo(APART)
      if (dice.part(`bulk operation ${index}`)) agenda.after(at, () => this.#act(index, dice))
    }
  }

  #act(index: number, dice: Dice): void {
    const { requests } = this.#options
    const { agenda } = this.#world
    const request = this.#requestOf(index, dice)
    requests.bulk(request, `operator ${index}`)
    if (dice.part('the operator asks again', 1 / 2))
      agenda.after(dice.wait(AGAIN.least, AGAIN.most), () => requests.bulk(request, `operator ${index} again`))
    if (dice.part('the operator takes it back', 1 / 4)) {
      const cancellation = { operator: request.operator, reason: 'a mistake' }
      agenda.after(dice.wait(TAKEN_BACK.least, TAKEN_BACK.most), () => requests.endBulk(request.id, cancellation))
    }
  }

  /** With an idempotency key, from which the id follows; some keys are used for two operations. */
  #requestOf(index: number, dice: Dice): BulkRequest {
    const id = dice.fault('operation-reused') ? 'reused' : String(index)
    const body = { action: this.#action(dice), filter: this.#filter(dice), rate: dice.among(RATES) }
    return { id, fingerprint: JSON.stringify(body), ...body, operator: `operator ${index}`, reason: 'because' }
  }

  #action(dice: Dice): BulkAction {
    const { states } = this.#options.definition
    const kind = dice.among(KINDS)
    switch (kind) {
      case 'redeliver':
        return { kind, cancelled: dice.is(1 / 2) }
      case 'move':
        return { kind, state: dice.among(states).id, command: dice.is(2 / 3) }
      case 'cancel':
        return { kind, state: dice.among(states.filter(({ isFinal }) => isFinal)).id }
      case 'patch-metadata':
        return { kind, metadata: { patched: dice.upTo(999) } }
      default:
        return { kind }
    }
  }

  #filter(dice: Dice): BulkFilter {
    const state = dice.among(this.#options.definition.states).id
    return dice.among<BulkFilter>([
      {},
      {},
      {},
      { isFinal: false },
      { isFinal: false },
      { isFinal: true },
      { currentState: state },
      { has: 'owed' },
      { has: 'hold' },
      { has: 'dead-letters' },
      { isFinal: false, associatedEntityId: 'entity-1' },
    ])
  }
}

const KINDS = [
  'hold',
  'hold',
  'release',
  'release',
  'patch-metadata',
  'patch-metadata',
  'redeliver',
  'resend',
  'move',
  'cancel',
] as const
