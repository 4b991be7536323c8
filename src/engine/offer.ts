import type { Machine } from '../machine/compile.ts'
import type { Change, Step } from './change.ts'
import { decide } from './decide.ts'
import type { EventIdentity, Instant, ParkedEvent, Saga } from './saga.ts'

/** The write that takes one parked event: a step, or a dead letter where the event is refused (P10). */
export type Offer = Pick<Change, 'step' | 'dead' | 'unparked'>

/**
 * The oldest parked event that the state lists, as the write that takes it; `undefined` where none fits. The event leaves the
 * parked ones in the same write, so none is lost or applied twice. A final or held saga takes none (P10, P26).
 */
export function nextOffer(machine: Machine, saga: Saga, now: Instant): Offer | undefined {
  if (saga.isFinal || saga.hold !== undefined) return undefined
  for (const parked of saga.parked) {
    if (parked.expires <= now) continue
    const decision = decide(machine, { saga, event: parked.event, now })
    switch (decision.kind) {
      case 'moved':
        return { step: decision.step, unparked: unparkedBy(saga, decision.step) }
      case 'refused':
        return { unparked: [identityOf(parked)], dead: [deadEvent(parked, decision.why)] }
      case 'unexpected':
        continue
      case 'stranded':
        return undefined
    }
  }
  return undefined
}

/**
 * The parked events that leave with a step: the one that it applies, parked before its repeat fitted; all of them where the step
 * enters a final state, which takes none (P10). `undefined` where all stay.
 */
export function unparkedBy({ parked }: Saga, { event, state }: Step): readonly EventIdentity[] | undefined {
  if (parked.length === 0) return undefined
  const gone = parked
    .map(identityOf)
    .filter(({ id, label }) => state.isFinal || (id === event.id && label === event.label))
  return gone.length === 0 ? undefined : gone
}

/** The write that makes dead letters of the events whose time has passed; `undefined` where there are none (P10). */
export function expiredOffers(saga: Saga, now: Instant): Offer | undefined {
  const expired = saga.parked.filter(({ expires }) => expires <= now)
  if (expired.length === 0) return undefined
  const why = (one: ParkedEvent) => `parked for ${one.expires - one.since} ms, and no state of the saga took it`
  return { unparked: expired.map(identityOf), dead: expired.map((one) => deadEvent(one, why(one))) }
}

function identityOf({ event: { id, label } }: ParkedEvent): EventIdentity {
  return { id, label }
}

function deadEvent({ event, since }: ParkedEvent, why: string) {
  const { sagaId: _, ...message } = event
  return { kind: 'event', ...message, why, since, attempts: 0 } as const
}
