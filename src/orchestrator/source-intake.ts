import { DEFAULTS } from '../defaults.ts'
import type { SagaEvent } from '../engine/saga.ts'
import { reasonOf } from '../errors.ts'
import type { Health } from '../ports/health.ts'
import type { Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Intake, Taken } from '../ports/source.ts'
import type { Outcome } from './corridor.ts'
import type { NumberGuard } from './number-guard.ts'
import type { Orchestrator } from './orchestrator.ts'
import { atMost } from './deadline.ts'
import { whyTooLarge } from './size-limit.ts'

export interface SourceIntakeOptions {
  readonly corridor: Pick<Orchestrator, 'handle' | 'backpressure'>
  readonly persistency: Pick<Persistency, 'probe' | 'name' | 'can'>
  readonly runtime: Runtime
  readonly numbers: Pick<NumberGuard, 'refusal'>
}

/**
 * The door of the sources: turns outcomes into what may be acknowledged, and tells an outage of the store, which everybody
 * waits out, from one event that cannot be written (P20).
 */
export class SourceIntake implements Intake {
  readonly #options: SourceIntakeOptions
  /** While the store is away: ends when it may be back. */
  #outage: Promise<void> | undefined
  /** What was seen before changes nothing: that it is answered says that the store can be read, not that it can be written. */
  #lastWritten = Number.NEGATIVE_INFINITY
  #lastFailure: { readonly sagaId: string; readonly at: number } | undefined

  constructor(options: SourceIntakeOptions) {
    this.#options = options
  }

  get isAway(): boolean {
    return this.#outage !== undefined
  }

  async take(event: SagaEvent, isWanted: () => boolean): Promise<Taken> {
    const { corridor, runtime, numbers } = this.#options
    const refusal = numbers.refusal(event.label, event.inexact, event.origin)
    if (refusal !== undefined) return poison('inexact-number', refusal)
    while (isWanted()) {
      if (this.#outage !== undefined) {
        await this.#outage
        continue
      }
      const room = corridor.backpressure()
      if (room !== undefined) {
        await room
        continue
      }
      const begun = runtime.monotonic()
      const outcome = await corridor.handle(event, DEFAULTS.eventDeadline)
      if (outcome.kind === 'moved') this.#lastWritten = runtime.monotonic()
      if (outcome.kind === 'stranded') return this.#stranded(outcome.state)
      if (outcome.kind === 'unreadable') return this.#stuck(outcome.why)
      if (outcome.kind !== 'unavailable') return takenOf(outcome)
      if (outcome.isOwing === true || !(await this.#isOutage(event.sagaId, begun))) return this.#stuck(outcome.why)
    }
    return { kind: 'unwanted' }
  }

  #stuck(why: string): Taken {
    const { recovery } = this.#options.persistency.can
    const stuck = { kind: 'stuck', why, lastWritten: this.#lastWritten } as const
    return recovery.by === 'redelivery' ? { ...stuck, isKept: false } : stuck
  }

  /** Not poison: a machine that has the state may be on its way, as in a rolling deploy (P11). */
  #stranded(state: string): Taken {
    const why = `the saga is in "${state}", which this machine does not have`
    return { kind: 'stuck', why, lastWritten: this.#lastWritten, isKept: false, isStranded: true }
  }

  /** The store says so itself, or nobody could write since this try was begun. Starts the wait where it is one. */
  async #isOutage(sagaId: string, begun: number): Promise<boolean> {
    const { runtime } = this.#options
    const other = this.#lastFailure !== undefined && this.#lastFailure.sagaId !== sagaId
    const allFail = other && (this.#lastFailure?.at ?? 0) >= begun && this.#lastWritten < begun
    this.#lastFailure = { sagaId, at: runtime.monotonic() }
    const why = allFail ? 'no saga can be written' : await this.#away()
    if (why === undefined) return false
    if (this.#outage === undefined) this.#wait(why)
    return true
  }

  #wait(why: string): void {
    const { persistency, runtime } = this.#options
    runtime.log.error('the store is away: nothing is taken in until it is back', { store: persistency.name, why })
    this.#outage = this.#look()
  }

  /** Ends at every look, so that whoever waits can see whether it is still wanted. */
  async #look(): Promise<void> {
    const { persistency, runtime } = this.#options
    await new Promise<void>((resolve) => runtime.after(DEFAULTS.outageProbe, resolve))
    if ((await this.#away()) !== undefined) {
      this.#outage = this.#look()
      return
    }
    this.#outage = undefined
    runtime.log.info('the store answers: events are taken in again', { store: persistency.name })
  }

  async #away(): Promise<string | undefined> {
    const { persistency, runtime } = this.#options
    let health: Health = { ok: false, why: `no answer within ${DEFAULTS.answer} ms` }
    const asking = persistency.probe().then((told) => (health = told))
    try {
      await atMost(runtime, DEFAULTS.answer, asking)
      return health.ok ? undefined : health.why
    } catch (thrown) {
      return reasonOf(thrown)
    }
  }
}

function takenOf(outcome: Exclude<Outcome, { kind: 'unavailable' | 'unreadable' | 'stranded' }>): Taken {
  switch (outcome.kind) {
    case 'moved':
    case 'duplicate':
      return SETTLED
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

function poison(reason: Extract<Taken, { kind: 'poison' }>['reason'], why: string): Taken {
  return { kind: 'poison', reason, why }
}
