import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { DocumentTerms, Flaw } from './document-terms.ts'
import { identity } from '../saga-story.ts'
import { shown } from '../same.ts'

/** Parked events: their bounds, that none was applied, and that none waits although the state takes it (P10). */
export function* events(document: SagaDocument, terms: DocumentTerms): Iterable<Flaw> {
  const { parked = [], history, isFinal, hold } = document
  if (parked.length === 0) return
  const applied = new Set(history.events.map(({ id, event }) => identity({ id, label: event })))
  const seen = new Set<string>()
  for (const { event, since, expires } of parked) {
    const name = shown([event.id, event.label])
    if (applied.has(identity(event))) yield ['P10', `the parked event ${name} is in the history`]
    if (seen.has(identity(event))) yield ['P10', `the event ${name} is parked twice`]
    seen.add(identity(event))
    if (!(Date.parse(expires) > Date.parse(since))) yield ['P10', `the parked event ${name} expires before it came`]
    if (Date.parse(expires) < terms.now - terms.slack)
      yield ['I9', `the time of the parked event ${name} was over at ${expires}, and it is parked`]
    if (hold === undefined && isOverdue(document, { label: event.label, since }, terms))
      yield ['I9', `the state "${document.currentState}" takes the parked event ${name}, and it is not offered`]
  }
  if (isFinal && hold === undefined) yield ['P10', `the saga has ended, and keeps ${parked.length} parked events`]
  const { parkingLimit = Number.POSITIVE_INFINITY } = terms
  if (parked.length > parkingLimit)
    yield ['P10', `the saga keeps ${parked.length} parked events, at most ${parkingLimit} may be`]
}

interface WaitingEvent {
  readonly label: string
  readonly since: string
}

/** The state takes it since some time. A payload that a schema refuses leaves it too, so all that is listed is meant. */
function isOverdue(
  document: SagaDocument,
  { label, since }: WaitingEvent,
  { machineOf, now, slack }: DocumentTerms,
): boolean {
  const { history, currentState, stateSince } = document
  const machine = history.events.at(-1)?.machine
  const state = machine === undefined ? undefined : machineOf(machine)?.states.find(({ id }) => id === currentState)
  const isListed = state?.outgoingTransitions?.some(({ inputEvent }) => inputEvent === label) === true
  const from = Math.max(Date.parse(since), Date.parse(stateSince ?? since))
  return isListed && from < now - slack
}
