import type { Machine } from '../machine/compile.ts'
import type { Change, Step } from './change.ts'
import { decide } from './decide.ts'
import { isSameEvent } from './evolve.ts'
import type { DeadEvent, Duration, EventIdentity, Instant, ParkedEvent, Saga } from './saga.ts'

/** The write that takes one parked event: a step, or a dead letter where the event is refused (P10). */
export type Offer = Pick<Change, 'step' | 'dead' | 'unparked'>

/**
 * The oldest parked event that the state lists, as the write that takes it; `undefined` where none fits. The event leaves the
 * parked ones in the same write, so none is lost or applied twice. A held saga takes none (P10, P26).
 */
export function nextOffer(machine: Machine, saga: Saga, now: Instant): Offer | undefined {
  for (const parked of saga.parked) {
    if (parked.expires <= now) continue
    const decision = decide(machine, { saga, event: parked.event, now })
    switch (decision.kind) {
      case 'moved':
        return { step: decision.step }
      case 'refused':
        return buried(parked, decision.why)
      case 'unexpected':
        continue
      case 'stranded':
      case 'held':
        return undefined
    }
  }
  return undefined
}

/** The write that makes a dead letter of a parked event which cannot be applied (P10). */
export function buried(parked: ParkedEvent, why: string): Offer {
  return { unparked: [identityOf(parked)], dead: [deadEvent(parked, why)] }
}

/** The write that makes dead letters of the events whose time has passed; `undefined` where there are none (P10). */
export function expiredOffers(saga: Saga, now: Instant): Offer | undefined {
  const expired = saga.parked.filter(({ expires }) => expires <= now)
  if (expired.length === 0) return undefined
  const why = (one: ParkedEvent) => `parked for ${one.expires - one.since} ms, and no state of the saga took it`
  return { unparked: expired.map(identityOf), dead: expired.map((one) => deadEvent(one, why(one))) }
}

/**
 * The part of a step's write about parked events. The event that it applies leaves, which may have been parked before; a final state
 * takes none, so all leave with a step into one. The oldest one that the entered state lists is due within `lease`: by then the turn
 * of this step has offered it, or its process has died. Absent where nothing changes (P10).
 */
export function parkedBeside(
  machine: Machine,
  { parked, isFinal }: Saga,
  { step, lease }: { readonly step: Step; readonly lease: Duration },
): Pick<Change, 'parked' | 'unparked'> {
  if (parked.length === 0) return NOTHING
  // A change of metadata does not enter the state: there a held saga keeps what its final state lists (C4.5, P26).
  const isEnd = step.state.isFinal && !(isFinal && step.stays === true)
  const gone = parked.map(identityOf).filter((one) => isEnd || isSameEvent(one, step.event))
  const left = parked.filter(({ event }) => !gone.some((one) => isSameEvent(one, event)))
  return {
    unparked: gone.length === 0 ? undefined : gone,
    parked: newlyDue(machine, left, { state: step.state.id, due: step.at + lease }),
  }
}

/** The parked events whose `due` changes with the state that takes them: one comes due, and one that was no longer is. */
export function newlyDue(
  machine: Machine,
  parked: readonly ParkedEvent[],
  { state, due }: { readonly state: string; readonly due: Instant },
): readonly ParkedEvent[] | undefined {
  const transitions = machine.states.get(state)?.transitions
  // A machine without the state cannot tell, and another one may have it.
  const first = transitions === undefined ? parked[0] : parked.find(({ event }) => transitions.has(event.label))
  const changed = parked
    .filter((one) => one === first || one.due !== undefined)
    .map((one) => ({ ...one, due: one === first ? due : undefined }))
  return changed.length === 0 ? undefined : changed
}

const NOTHING: Pick<Change, 'parked' | 'unparked'> = Object.freeze({})

/** The identity of a parked event. */
export function identityOf({ event: { id, label } }: ParkedEvent): EventIdentity {
  return { id, label }
}

/** A parked event as a dead letter. */
export function deadEvent({ event, since }: Pick<ParkedEvent, 'event' | 'since'>, why: string): DeadEvent {
  const { sagaId: _, ...message } = event
  return { kind: 'event', ...message, why, since, attempts: 0 }
}
