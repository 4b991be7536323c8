import { DEFAULTS } from '../../defaults.ts'
import { decide } from '../../engine/decide.ts'
import { resendOf, timerAfterResend } from '../../engine/resend.ts'
import type { Debt, Duration, Saga, SagaEvent, Timer } from '../../engine/saga.ts'
import type { Machine } from '../../machine/compile.ts'
import type { Channel } from '../../ports/channel.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Loaded } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { Outcome } from '../corridor.ts'
import type { EventTask } from '../events/event-task.ts'
import type { Incidents } from '../incidents.ts'
import type { LedgerEntry } from '../events/ledger.ts'
import { leaseOf } from '../sending/debt-leases.ts'
import type { ClaimResult } from '../sending/claims.ts'
import type { Settlements } from '../sending/settlements.ts'
import type { TimerGrace } from './timer-grace.ts'
import type { Turn } from '../events/turn.ts'

/** Options of `SagaTimers`. */
export interface SagaTimersOptions {
  readonly machine: Machine
  readonly channels: ReadonlyMap<string, Channel>
  readonly settlements: Pick<Settlements, 'isDelivered'>
  readonly grace: Pick<TimerGrace, 'holdsBack'>
  readonly runtime: Pick<Runtime, 'wallClock' | 'monotonic' | 'log'>
  readonly metrics: Metrics
  readonly incidents: Incidents
  /** Handles an event inside the saga's mailbox. */
  readonly handle: (task: EventTask) => Promise<Turn<Outcome>>
}

/** A resend at a deadline: the entry that goes with the claim, and a debt to claim before its backoff ends. */
export interface TimerResend {
  readonly entry: LedgerEntry
  readonly atOnce?: Debt | undefined
  /** To be called once the entry is durable. */
  readonly report?: (() => void) | undefined
}

/** The deadlines of states (P18): first the state's command is sent again, as often as the timer says, then its event fires. */
export class SagaTimers {
  readonly #options: SagaTimersOptions

  constructor(options: SagaTimersOptions) {
    this.#options = options
  }

  /** The deadline has come, and its effect need not wait for the sources. */
  isDue({ timer, state, due }: Saga): boolean {
    const { machine, runtime, grace } = this.#options
    if (timer === undefined || timer.deadline > runtime.wallClock()) return false
    if (timer.resends > 0) return machine.states.has(state)
    return timer.event !== undefined && !grace.holdsBack(Math.min(timer.deadline, due ?? timer.deadline))
  }

  /** The resend that is due now; `undefined` where none is. */
  resend(saga: Saga): TimerResend | undefined {
    const { timer } = saga
    if (timer === undefined || timer.resends === 0 || !this.isDue(saga)) return undefined
    const { machine, channels, settlements, runtime, metrics } = this.#options
    const now = runtime.wallClock()
    const next = { timer: timerAfterResend(timer, now + this.#waitOf(saga, timer)) }
    const leases = (channel: string) => leaseOf(channels.get(channel))
    const resend = resendOf(machine, saga, { now, leaseOf: leases })
    if (resend.kind === 'refused') {
      this.#report(saga, 'timer.resend-refused', resend.why)
      return { entry: next }
    }
    const { debt } = resend
    const report = () => {
      metrics.count('timer-resent')
      const { id: command, label, channel } = debt
      const left = timer.resends - 1
      runtime.log.write('timer.resent', { saga: saga.id, label, state: saga.state, command, channel, left })
    }
    if (resend.kind === 'revived') return { entry: { ...next, revived: [debt] }, report }
    if (!settlements.isDelivered(saga.id, debt)) return { entry: next, atOnce: debt, report }
    // Delivered, and its settlement goes with this very write.
    const again: Debt = {
      ...debt,
      attempts: 0,
      since: now,
      held: undefined,
      due: now + leases(debt.channel),
      tried: true,
      claimed: true,
    }
    return { entry: { ...next, revived: [again] }, report }
  }

  /** True where the event of the timer is due now. */
  isEventDue(saga: Saga): boolean {
    return saga.timer?.resends === 0 && this.isDue(saga)
  }

  /** Fires the event of the timer, inside the saga's mailbox. `head`: the newest head, where it is known; it spares a read. */
  async fire(saga: Saga, head: Loaded | undefined): Promise<ClaimResult['kind']> {
    const { timer } = saga
    if (timer?.event === undefined) return 'left'
    const { machine, runtime, metrics, handle } = this.#options
    const { step } = timer
    const event: SagaEvent = {
      id: `timer/${step}`,
      sagaId: saga.id,
      label: timer.event,
      payload: NOTHING,
      origin: 'timer',
    }
    const decision = decide(machine, { saga, event, now: runtime.wallClock() })
    if (decision.kind !== 'moved') {
      this.#report(saga, 'timer.waits', decision.kind === 'refused' ? decision.why : WHY[decision.kind])
      return 'left'
    }
    const deadline = runtime.monotonic() + DEFAULTS.eventDeadline
    const isWanted = (newest: Saga) =>
      newest.timer?.step === step && newest.timer.resends === 0 && newest.hold === undefined
    const { answer, rest } = await handle({ event, deadline, unexpectedEvents: 'ignore', isWanted, head })
    await rest?.()
    if (answer.kind === 'duplicate') return 'left'
    if (answer.kind === 'too-large') this.#report(saga, 'timer.waits', 'the saga would be too large')
    if (answer.kind !== 'moved') return answer.kind === 'too-large' ? 'left' : 'failed'
    metrics.count('timer-fired')
    runtime.log.write('timer.fired', { saga: saga.id, label: timer.event, state: saga.state, to: answer.state })
    return 'written'
  }

  /** Of the machine; where it has no timeout for the state any more, the time that the saga was given. */
  #waitOf({ state, enteredAt, updatedAt }: Saga, { deadline }: Timer): Duration {
    const wait = this.#options.machine.states.get(state)?.timeout?.after
    return wait ?? Math.max(DEFAULTS.retryLongest, deadline - (enteredAt ?? updatedAt))
  }

  /** A saga stands still for a reason that no participant can mend: it is logged, for each state once a minute. */
  #report({ id, state, timer }: Saga, code: 'timer.waits' | 'timer.resend-refused', why: string): void {
    const fields = { saga: id, state, label: timer?.event, why }
    this.#options.incidents.report({ code, group: 'timers', kind: `${code} ${state}`, fields })
  }
}

const NOTHING = Object.freeze({})
const WHY = {
  unexpected: 'the state does not list the event any more',
  stranded: 'saga.json lacks the state',
  held: 'the saga is held',
} as const
