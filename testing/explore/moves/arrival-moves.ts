import { commandIn, eventIdOf } from '../explored-situation.ts'
import type { ExploredSituation, FlyingEvent } from '../explored-situation.ts'
import type { ExploredWorld } from '../explored-world.ts'
import { SAGA_ID, takeEvent } from '../take-event.ts'
import type { TakenEvent } from '../take-event.ts'
import type { ExploredMoment } from './explored-moment.ts'
import type { ExploredMove } from './explored-move.ts'

/** Each event under way may be the next to arrive. Those of earlier visits come first, unless they are late. */
export function arrivalMoves(moment: ExploredMoment): readonly ExploredMove[] {
  return moment.situation.events.flatMap((event) => arrivals(moment, event))
}

function arrivals({ world, situation, left }: ExploredMoment, event: FlyingEvent): readonly ExploredMove[] {
  const others = situation.events.filter((one) => one !== event)
  const isOvertaken = (one: FlyingEvent) => !one.isLate && one.step < event.step
  const overtaken = others.filter(isOvertaken)
  if (overtaken.length > left) return []
  const events = others.map((one) => (isOvertaken(one) ? { ...one, isLate: true } : one))
  const { treatment, situation: next } = arrived(world, { ...situation, events }, event)
  const seen = {
    kind: 'arrived',
    event: event.label,
    from: situation.saga.state,
    treatment,
    overtakes: overtaken.map(({ label }) => label),
  } as const
  const faults = overtaken.map(() => 'overtaken' as const)
  const once: ExploredMove = { event: { ...seen, isDoubled: false }, next, faults }
  // A repeat of what was taken, or is kept, changes nothing (I4).
  if (treatment !== 'ignored' && treatment !== 'rejected') return [once]
  const copy = { ...next, events: situation.events.map((one) => (one === event ? { ...one, isLate: true } : one)) }
  return event.isLate && overtaken.length === 0
    ? [once]
    : [once, { event: { ...seen, isDoubled: true }, next: copy, faults: [...faults, 'doubled'] }]
}

function arrived(
  world: ExploredWorld,
  situation: ExploredSituation,
  event: FlyingEvent,
): { readonly situation: ExploredSituation; readonly treatment: TakenEvent['treatment'] | 'repeated' } {
  const command = commandIn(situation, event.command)
  if (command.acts[event.act]?.isApplied === true) return { treatment: 'repeated', situation }
  const { label } = event
  return takeEvent(world, situation, {
    id: eventIdOf(event),
    sagaId: SAGA_ID,
    label,
    payload: world.payloadOf(command, label),
  })
}
