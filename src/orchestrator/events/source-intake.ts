import { DEFAULTS } from '../../defaults.ts'
import type { SagaEvent } from '../../engine/saga.ts'
import type { Persistency } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { Intake, PoisonReason, Taken } from '../../ports/source.ts'
import type { Outcome } from '../corridor.ts'
import type { NumberGuard } from './number-guard.ts'
import type { Orchestrator } from '../orchestrator.ts'
import { whyTooLarge } from './size-limit.ts'
import { StoreOutage } from './store-outage.ts'
import { whyStranded } from './why-stranded.ts'

/** Options of `SourceIntake`. */
export interface SourceIntakeOptions {
  readonly corridor: Pick<Orchestrator, 'handle' | 'backpressure' | 'noteOutage'>
  readonly persistency: Pick<Persistency, 'probe' | 'name' | 'can'>
  readonly runtime: Runtime
  readonly numbers: Pick<NumberGuard, 'refusal'>
}

/** Hands the events of sources to the corridor, and tells from the outcomes which may be acknowledged. */
export class SourceIntake implements Intake {
  readonly #options: SourceIntakeOptions
  readonly #outage: StoreOutage

  constructor(options: SourceIntakeOptions) {
    this.#options = options
    this.#outage = new StoreOutage({ ...options, onBegin: () => options.corridor.noteOutage() })
  }

  get isAway(): boolean {
    return this.#outage.nextProbe !== undefined
  }

  async take(event: SagaEvent, isWanted: () => boolean, hasDeadLetters: boolean): Promise<Taken> {
    const { corridor, runtime, numbers } = this.#options
    const refusal = numbers.refusal(event.label, event.inexact, { origin: event.origin })
    if (refusal !== undefined) return poison('inexact-number', refusal)
    while (isWanted()) {
      const wait = this.#outage.nextProbe ?? corridor.backpressure()
      if (wait !== undefined) {
        await wait
        continue
      }
      const begun = runtime.monotonic()
      const outcome = await corridor.handle(event, DEFAULTS.eventDeadline, { hasDeadLetters })
      if (outcome.kind === 'moved' || outcome.kind === 'parked') this.#outage.written()
      if (outcome.kind === 'stranded') return this.#stranded(outcome.state)
      if (outcome.kind === 'unreadable') return this.#stuck(outcome.why)
      if (outcome.kind !== 'unavailable') return takenOf(outcome)
      const isOutage = outcome.isOwing !== true && (await this.#outage.isCauseOf(event.sagaId, begun))
      if (!isOutage) return this.#stuck(outcome.why)
    }
    return { kind: 'unwanted' }
  }

  #stuck(why: string): Taken {
    const { recovery } = this.#options.persistency.can
    const stuck = { kind: 'stuck', why, lastWritten: this.#outage.lastWritten } as const
    return recovery.by === 'redelivery' ? { ...stuck, isKept: false } : stuck
  }

  /** Where the store does not sweep. Not poison: during a rolling deploy a machine with the state may be on its way (P11). */
  #stranded(state: string): Taken {
    const why = whyStranded(state)
    return { kind: 'stuck', why, lastWritten: this.#outage.lastWritten, isKept: false, isStranded: true }
  }
}

function takenOf(outcome: Exclude<Outcome, { kind: 'unavailable' | 'unreadable' | 'stranded' }>): Taken {
  switch (outcome.kind) {
    case 'moved':
    case 'duplicate':
    case 'parked':
      return SETTLED
    case 'parking-full':
      return poison('parking-full', `the saga keeps ${outcome.limit} parked events, as many as it may`)
    case 'unexpected': {
      const list = outcome.expected.map((one) => `"${one}"`).join(', ') || 'no event'
      return poison('unexpected', `the saga is in "${outcome.state}", which expects ${list}, not "${outcome.label}"`)
    }
    case 'refused':
      return poison('refused', outcome.why)
    case 'unknown-saga':
      return poison('unknown-saga', `there is no saga "${outcome.sagaId}"`)
    case 'too-large':
      return poison('too-large', whyTooLarge(outcome))
  }
}

const SETTLED: Taken = { kind: 'settled' }

function poison(reason: PoisonReason, why: string): Taken {
  return { kind: 'poison', reason, why }
}
