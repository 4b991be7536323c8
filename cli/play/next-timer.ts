import { isResting } from '../../src/codec/due-order.ts'
import type { Instant, Saga, SagaId } from '../../src/engine/saga.ts'
import type { DuePlace, Loaded, Persistency } from '../../src/ports/persistency.ts'

/** The next deadline of all sagas, and its effect. */
export interface NextTimer {
  readonly at: Instant
  readonly sagaId: SagaId
  readonly associatedEntityId: string
  readonly state: string
  /** `event`: the timeout fires. `resend`: the command of the state is sent again. `release`: a hold, or a later beginning, ends. */
  readonly effect: 'event' | 'resend' | 'release'
  /** The event that fires. */
  readonly event?: string | undefined
}

/** After every deadline of a play. */
const LAST: Instant = Date.UTC(9999, 11, 31)
const PAGE = 50
/** Sagas that are read for one answer. */
const MOST = 1_000

/** Finds the first deadline after an instant; `undefined` where no saga has one. */
export async function nextTimer(store: Pick<Persistency, 'can'>, now: Instant): Promise<NextTimer | undefined> {
  let first: NextTimer | undefined
  for await (const saga of inOrder(store)) {
    if (first !== undefined && (saga.due ?? 0) >= first.at) return first
    const timer = timerOf(saga)
    if (timer !== undefined && timer.at > now) first = earlier(first, timer)
  }
  return first
}

/** The first instant after `now`, and not after `until`, at which recovery has something to do: a deadline, a retry, an expiry. */
export async function nextDue(
  store: Pick<Persistency, 'can'>,
  { now, until }: { readonly now: Instant; readonly until: Instant },
): Promise<Instant | undefined> {
  for await (const { due } of inOrder(store, { due: now, id: '', isResting: true }))
    if (due !== undefined && due > now) return due <= until ? due : undefined
  return undefined
}

/** Sagas by the instant at which something is due, earliest first. */
async function* inOrder({ can }: Pick<Persistency, 'can'>, from?: DuePlace): AsyncIterable<Saga> {
  const { recovery } = can
  if (recovery.by !== 'sweep') return
  let after = from
  for (let read = 0; read < MOST; read += PAGE) {
    const page: readonly Loaded[] = await recovery.findDue(LAST, PAGE, after)
    for (const { saga } of page) yield saga
    const last = page.at(-1)?.saga
    if (last?.due === undefined || page.length < PAGE) return
    after = { due: last.due, id: last.id, isResting: isResting(last) }
  }
}

function earlier(one: NextTimer | undefined, other: NextTimer): NextTimer {
  return one === undefined || other.at < one.at ? other : one
}

/** A held saga fires no timer (P26). */
function timerOf({ id, entity, state, timer, hold }: Saga): NextTimer | undefined {
  const common = { sagaId: id, associatedEntityId: entity, state }
  if (hold !== undefined) return hold.until === undefined ? undefined : { ...common, at: hold.until, effect: 'release' }
  if (timer === undefined) return undefined
  const { deadline: at, resends, event } = timer
  if (resends > 0) return { ...common, at, effect: 'resend' }
  return event === undefined ? undefined : { ...common, at, effect: 'event', event }
}
