import type { Unmoved } from '../../engine/decide.ts'
import { keptOf } from '../../engine/dead-letters.ts'
import { isSameEvent } from '../../engine/evolve.ts'
import { deadEvent } from '../../engine/offer.ts'
import { park } from '../../engine/park.ts'
import type { Instant, Saga, SagaEvent } from '../../engine/saga.ts'
import type { Machine } from '../../machine/compile.ts'
import type { CorridorParts } from '../corridor-parts.ts'
import type { Outcome } from '../corridor.ts'
import { sourceOf } from './event-task.ts'
import type { EventTask } from './event-task.ts'
import type { LedgerEntry } from './ledger.ts'
import { parkedTooLarge } from './size-limit.ts'

/** A saga that does not take an event now, and why. */
export interface ParkingPlace {
  readonly saga: Saga
  readonly decision: Unmoved
}

/** The write that parks an event, or the outcome where there is nothing to write. */
export type ParkingPlan =
  | { readonly kind: 'write'; readonly entry: LedgerEntry; readonly parking: ParkingNote }
  | { readonly kind: 'answer'; readonly outcome: Outcome }

/** An event that a write parks. */
export interface ParkingNote {
  readonly outcome: Extract<Outcome, { kind: 'parked' }>
  readonly reason: Unmoved['kind'] | 'full'
}

/**
 * True if the saga keeps the event until it fits: where it is held, whatever the setting (P26); where `unexpectedEvents` is `park`, in
 * any state that is not final (P10); and where this machine lacks its state, for a source, whose partition would wait (P11). There the
 * store must sweep: nothing else would find the event for a machine that has the state.
 */
export function isParking({ persistency }: CorridorParts, task: EventTask, { saga, decision }: ParkingPlace): boolean {
  switch (decision.kind) {
    case 'held':
      return true
    case 'unexpected':
      return task.unexpectedEvents === 'park' && !saga.isFinal
    case 'stranded':
      return task.source !== undefined && persistency.can.recovery.by === 'sweep'
    case 'refused':
      return false
  }
}

/** One write, under the condition of the head on which the event did not fit; a repeat is answered alike without one (P10). */
export function planParking(parts: CorridorParts, task: EventTask, { saga, decision }: ParkingPlace): ParkingPlan {
  const { runtime, parking } = parts
  const { event, source } = task
  const now = runtime.wallClock()
  const { kind: reason } = decision
  const outcome = parkedIn(saga)
  const parked = park(saga, event, { ...parking, now })
  switch (parked.kind) {
    case 'parked': {
      const due = reason === 'stranded' ? now : undefined // a machine with the state may run elsewhere
      const events = [...saga.parked, parked.event]
      const tooLarge = parking.bytes === undefined ? undefined : parkedTooLarge(events, parking.bytes)
      if (tooLarge !== undefined) return { kind: 'answer', outcome: tooLarge }
      return { kind: 'write', entry: { parked: [{ ...parked.event, due }] }, parking: { outcome, reason } }
    }
    case 'repeated':
      return { kind: 'answer', outcome }
    case 'full': {
      reportFull(parts, task, saga)
      const full: Outcome = { kind: 'parking-full', sagaId: saga.id, limit: parking.limit }
      if (source === undefined || source.hasDeadLetters) return { kind: 'answer', outcome: full }
      return planDeadLetter(task, saga, now)
    }
  }
}

/** The source would skip the event, so the saga keeps it, visible to people (P10). */
function planDeadLetter({ event }: EventTask, saga: Saga, now: Instant): ParkingPlan {
  const outcome = parkedIn(saga)
  if (saga.deadLetters.some((one) => one.kind === 'event' && isSameEvent(one, event)))
    return { kind: 'answer', outcome }
  const why = `the saga was in "${saga.state}" and kept ${saga.parked.length} parked events, as many as it may`
  const dead = [deadEvent({ event: keptOf(event), since: now }, why)]
  return { kind: 'write', entry: { dead }, parking: { outcome, reason: 'full' } }
}

function parkedIn({ id, state }: Saga): ParkingNote['outcome'] {
  return { kind: 'parked', sagaId: id, state }
}

/** Logs an event that was parked. */
export function reportParked({ runtime, machine }: CorridorParts, event: SagaEvent, note: ParkingNote): void {
  const { outcome, reason } = note
  const { sagaId: saga, state } = outcome
  if (reason === 'full') return
  const fields = { saga, label: event.label, state, reason, ...sourceOf(event) }
  if (isListed(machine, event.label)) return runtime.log.write('event.parked', fields)
  const expected = [...(machine.states.get(state)?.transitions.keys() ?? [])]
  runtime.log.write('event.unlisted', { ...fields, expected })
}

/** True where a state of the machine lists the event. */
function isListed({ states }: Machine, label: string): boolean {
  for (const { transitions } of states.values()) if (transitions.has(label)) return true
  return false
}

function reportFull({ incidents, parking }: CorridorParts, { event }: EventTask, { id, state }: Saga): void {
  const fields = { saga: id, label: event.label, state, limit: parking.limit, ...sourceOf(event) }
  incidents.report({ code: 'event.parking-full', group: 'parked events', kind: `full in ${state}`, fields })
}
