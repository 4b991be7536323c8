import { resendOf, timerAfterResend } from '../../../src/engine/resend.ts'
import type { Saga, Timer } from '../../../src/engine/saga.ts'
import type { ExploredSituation } from '../explored-situation.ts'
import type { ExploredWorld } from '../explored-world.ts'
import { afterEntry, NOW, SAGA_ID, takeEvent } from '../take-event.ts'
import type { ExploredMoment } from './explored-moment.ts'
import type { ExploredMove } from './explored-move.ts'
import { isOnItsWay, withTried } from './send-moves.ts'

/** The deadline of the state comes (P18). Whatever of its visit is under way then is late. */
export function deadlineMoves({ world, situation, left }: ExploredMoment): readonly ExploredMove[] {
  const { timer, state } = situation.saga
  if (timer === undefined) return []
  const { before, late } = withLate(situation)
  if (late.length > left) return []
  const fired = timer.resends > 0 ? resent(world, before, timer) : moved(world, before, timer)
  if (fired === undefined) return []
  const event = { kind: 'deadline', from: state, before: late, ...fired.what } as const
  return [{ event, next: fired.next, faults: late.map(() => 'late' as const) }]
}

interface FiredDeadline {
  readonly what: { readonly resends: string } | { readonly event: string }
  readonly next: ExploredSituation
}

function resent(world: ExploredWorld, situation: ExploredSituation, timer: Timer): FiredDeadline {
  const { saga } = situation
  const resend = resendOf(world.machine, saga, { now: NOW, leaseOf: () => 0 })
  const entry = {
    timer: timerAfterResend(timer, NOW),
    ...(resend.kind === 'revived' && { revived: [resend.debt] }),
  }
  const resends = resend.kind === 'refused' ? 'nothing' : resend.debt.label
  return { what: { resends }, next: afterEntry(world, situation, entry) }
}

/** `undefined` where the saga does not take the event: it waits on. */
function moved(world: ExploredWorld, situation: ExploredSituation, { step, event }: Timer): FiredDeadline | undefined {
  if (event === undefined) return undefined
  const fired = { id: `timer/${step}`, sagaId: SAGA_ID, label: event, payload: {} }
  const { treatment, situation: next } = takeEvent(world, situation, fired)
  return treatment === 'moved' ? { what: { event }, next } : undefined
}

/** What is under way of this visit, in words, and the situation in which it is late. */
function withLate(situation: ExploredSituation): {
  readonly before: ExploredSituation
  readonly late: readonly string[]
} {
  const { saga, events } = situation
  const newest = saga.length - 1
  const debts = saga.owed.filter((debt) => isOnItsWay(debt) && isOfStep(saga, debt.id))
  const answers = events.filter(({ step, isLate }) => step === newest && !isLate)
  const late = [...debts.map(({ label }) => `${label} is accepted`), ...answers.map(({ label }) => `${label} arrives`)]
  if (late.length === 0) return { before: situation, late }
  return {
    before: {
      ...situation,
      saga: withTried(saga, debts),
      events: events.map((one) => (answers.includes(one) ? { ...one, isLate: true } : one)),
    },
    late,
  }
}

function isOfStep({ length }: Saga, id: string): boolean {
  return id.startsWith(`${SAGA_ID}/${length - 1}/`)
}
