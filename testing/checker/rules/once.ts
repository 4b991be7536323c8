import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { RunIndex } from '../run-index.ts'
import { identity } from '../saga-story.ts'
import type { SagaStory } from '../saga-story.ts'
import { shown } from '../same.ts'
import { eventOf } from './steps.ts'

/** An event, id and label together (P7), is applied once (I4), and is one that a door, a timer or the service itself has made. */
export function* once(saga: SagaStory, run: RunIndex): Iterable<Found> {
  for (const [event, positions] of saga.applied)
    for (const at of positions.slice(1)) yield found('I4', `the event ${event} was applied before`, at)
  if (run.requests.length === 0) return
  const asked = askedOf(run, saga.id)
  for (const { at, change } of saga.writes) {
    const { step } = change
    if (step === undefined || step.number === 0 || step.by !== undefined || TIMER.test(step.event.id)) continue
    if ((asked.get(identity(step.event)) ?? Number.POSITIVE_INFINITY) > at)
      yield found('I4', `the event ${shown(step.event)} was applied, and no door has taken it before`, at)
  }
}

/** The id of a timer's event has the number of the step that armed it (P18). */
const TIMER = /^timer\/\d+$/

/** Identity → position of the first request with this event. */
function askedOf({ requests }: RunIndex, sagaId: string): ReadonlyMap<string, number> {
  const asked = new Map<string, number>()
  for (const {
    asked: { at, by },
  } of requests) {
    const event = eventOf(by)
    if (event?.sagaId === sagaId && !asked.has(identity(event))) asked.set(identity(event), at)
  }
  return asked
}
