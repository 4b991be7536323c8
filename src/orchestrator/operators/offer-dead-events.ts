import { decide } from '../../engine/decide.ts'
import type { DeadLetterId } from '../../engine/change.ts'
import type { DeadEvent, Saga, SagaEvent } from '../../engine/saga.ts'
import { commitEntry } from '../events/commit-entry.ts'
import type { Loaded } from '../../ports/persistency.ts'
import { whyUnmoved } from '../events/why-unmoved.ts'
import { hookedStep } from './hooked-step.ts'
import type { OperatorParts } from './operation-plan.ts'
import type { OperationDetails } from './saga-operation.ts'
import { listed, idsOf } from './operation-plan.ts'
import { isLate } from '../request-deadline.ts'

/** Dead letters of events of one saga, to be offered to its state again (P10). */
export interface DeadEventsOffer {
  readonly events: readonly DeadEvent[]
  /** The newest head. */
  readonly loaded: Loaded
  /** Monotonic. */
  readonly deadline: number
}

/**
 * Offers dead events to the state, oldest first, each in a write of its own that also takes its letter away: none is lost or applied
 * twice (I4). After each move those that did not fit are offered again. The rest stay dead letters, with the newest reason.
 */
export async function offerDeadEvents(parts: OperatorParts, offer: DeadEventsOffer): Promise<OfferedEvents> {
  const { runtime } = parts
  const left = new Map(offer.events.map((event) => [keyOf(event), event]))
  const reasons = new Map<string, string>()
  const taken: DeadEvent[] = []
  let { loaded } = offer
  for (let isMoving = true; isMoving && !isLate(runtime, offer.deadline);) {
    isMoving = false
    for (const [key, event] of left) {
      const result = await offerOne(parts, { ...offer, loaded, event })
      if (result === 'stop') return { loaded, details: detailsOf(taken, [...left.values()]) }
      if (result.kind === 'stays') reasons.set(key, result.why)
      else {
        ;({ loaded } = result)
        left.delete(key)
        taken.push(event)
        isMoving = true
      }
    }
  }
  const changed = [...left].flatMap(([key, event]) => withNewReason(event, reasons.get(key)))
  if (changed.length > 0) {
    const entry = { dropped: changed.map(idOf), dead: changed }
    await commitEntry(parts, { sagaId: loaded.saga.id, before: loaded, entry, deadline: offer.deadline })
  }
  return { loaded, details: detailsOf(taken, [...left.values()]) }
}

/** The newest head that this process knows, and the ids of the events that were taken and of those that stayed. */
export interface OfferedEvents {
  readonly loaded: Loaded
  readonly details: OperationDetails
}

type OfferResult =
  | { readonly kind: 'taken'; readonly loaded: Loaded }
  | { readonly kind: 'stays'; readonly why: string }
  /** Another writer was first, or the fate of a write is unknown: the letters stay, and the operator may redeliver them again. */
  | 'stop'

async function offerOne(
  parts: OperatorParts,
  { loaded, event: letter, deadline }: Omit<DeadEventsOffer, 'events'> & { readonly event: DeadEvent },
): Promise<OfferResult> {
  const { machine, persistency, runtime } = parts
  const { saga } = loaded
  const decision = decide(machine, { saga, event: eventOf(letter, saga), now: runtime.wallClock() })
  const isApplied = decision.kind !== 'moved' && (await persistency.applied(saga.id, letter.id, letter.label))
  if (decision.kind !== 'moved' && !isApplied) return { kind: 'stays', why: whyUnmoved(decision, letter.label) }
  const moved = decision.kind === 'moved' ? await hookedStep(parts, loaded, decision.step) : {}
  if (moved === undefined) return 'stop'
  const dropping = { dropped: [idOf(letter)] }
  const commit = { sagaId: saga.id, before: loaded, deadline }
  const committed = await commitEntry(parts, { ...commit, entry: { ...moved, ...dropping } })
  if (committed.kind === 'saved') return { kind: 'taken', loaded: committed.loaded }
  if (committed.kind !== 'duplicate') return 'stop'
  const dropped = await commitEntry(parts, { ...commit, entry: dropping })
  return dropped.kind === 'saved' ? { kind: 'taken', loaded: dropped.loaded } : 'stop'
}

function withNewReason(event: DeadEvent, why: string | undefined): readonly DeadEvent[] {
  return why === undefined || why === event.why ? [] : [{ ...event, why }]
}

function detailsOf(taken: readonly DeadEvent[], stayed: readonly DeadEvent[]): OperationDetails {
  return { ...listed('taken', idsOf(taken)), ...listed('stayed', idsOf(stayed)) }
}

function eventOf({ id, label, payload, trace, headers }: DeadEvent, saga: Saga): SagaEvent {
  return { id, sagaId: saga.id, label, payload, trace, headers }
}

function idOf({ kind, id, label }: DeadEvent): DeadLetterId {
  return { kind, id, label }
}

function keyOf({ id, label }: DeadEvent): string {
  return JSON.stringify([id, label])
}
