import type { Debt } from '../../../src/engine/saga.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { Asking, Departed, Written } from '../observation.ts'
import type { RunIndex } from '../run-index.ts'
import { identity, partsOf } from '../saga-story.ts'
import type { Lease, SagaStory } from '../saga-story.ts'
import { eventOf } from './steps.ts'

/**
 * The first sends of a saga begin in the order of its outbox (P13): a process that has leased a command and has not begun to send it
 * begins no later one. A command that another process holds counts as begun, and so does one that was sent before. Where no other process
 * can hold one, none is left out.
 */
export function* firstSends(saga: SagaStory, run: RunIndex): Iterable<Found> {
  for (const { id, departures } of saga.commands.values()) {
    const [first] = departures
    if (first === undefined || partsOf({ id, sagaId: saga.id })?.index !== 0) continue
    const owed = saga.writes.findLast(({ at }) => at < first.at)?.after.owed ?? []
    const place = owed.findIndex((debt) => debt.id === id)
    if (place <= 0 || owed[place]?.tried === true) continue
    for (const earlier of owed.slice(0, place))
      if (isPassed(earlier, first, { saga, run }))
        yield found('P13', `"${first.process}" sends "${id}" before "${earlier.id}", which was not sent yet`, first.at)
  }
}

interface SagaOfRun {
  readonly saga: SagaStory
  readonly run: RunIndex
}

function isPassed({ id, tried }: Debt, by: Departed, { saga, run }: SagaOfRun): boolean {
  const { departures = [], leases = [] } = saga.commands.get(id) ?? {}
  if (tried === true || departures.some(({ at }) => at < by.at)) return false
  if (run.terms.shared === false) return true
  const lease = leases.findLast(({ at }) => at < by.at)
  return lease?.process === by.process && knows(lease, by, { saga, run })
}

/** The process has answered the request of the lease's write, so it knows that the write is durable (P6). */
function knows({ at, process }: Lease, { at: before }: Departed, { saga, run }: SagaOfRun): boolean {
  const write = saga.writes.find((one) => one.at === at)
  return run.requests.some(({ asked, answered }) => {
    if (asked.process !== process || answered === undefined || answered.at < at || answered.at > before) return false
    return SAVED.has(answered.answer.kind) && write !== undefined && isOf(write, asked.by)
  })
}

/** Answers that are given after a write. */
const SAVED: ReadonlySet<string> = new Set(['created', 'moved', 'done', 'committed'])

function isOf({ change: { sagaId, step, operation } }: Written, by: Asking): boolean {
  if (by.door === 'creation') return by.creation.id === sagaId && step?.number === 0
  if (by.door === 'operator') return by.operation.sagaId === sagaId && by.operation.id === operation?.id
  const event = eventOf(by)
  return event?.sagaId === sagaId && step !== undefined && identity(event) === identity(step.event)
}
