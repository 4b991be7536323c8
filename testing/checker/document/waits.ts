import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { TimeoutDefinition } from '../../../src/machine/definition.ts'
import type { DocumentTerms, Flaw } from './document-terms.ts'
import { shown } from '../same.ts'

/** Deadlines: a timer is that of the newest step (P18), a state with a deadline has one, and none is long past (I9). */
export function* waits(document: SagaDocument, terms: DocumentTerms): Iterable<Flaw> {
  const { timer, hold, history } = document
  const late = terms.now - terms.slack
  if (hold?.until !== undefined && Date.parse(hold.until) < late)
    yield ['I9', `the hold was over at ${hold.until}, and the saga is held`]
  const newest = history.events.length - 1
  const timeout = timeoutOf(document, terms)
  if (timer === undefined) {
    if (timeout?.event !== undefined && Date.parse(document.stateSince ?? '') < late)
      yield ['P18', `"${document.currentState}" ends by "${timeout.event}" at its deadline, and no timer is armed`]
    return
  }
  if (timer.step !== newest) yield ['P18', `the timer is of the step ${timer.step}, the newest is ${newest}`]
  if (
    timeout !== undefined &&
    timeout !== null &&
    (timer.event !== timeout.event || timer.resends > (timeout.resend ?? 0))
  )
    yield ['P18', `the timer is ${shown([timer.event, timer.resends])}, its state has ${shown(timeout)}`]
  if (timeout === null) yield ['P18', `"${document.currentState}" has no deadline, and a timer is armed`]
  if (hold === undefined && Date.parse(timer.deadline) < late)
    yield ['I9', `the deadline was at ${timer.deadline}, and nothing was done`]
}

/** `null`: the state has none. `undefined`: not known, or armed by another step than the newest. */
function timeoutOf(
  { history, currentState }: SagaDocument,
  { machineOf }: DocumentTerms,
): TimeoutDefinition | null | undefined {
  const newest = history.events.at(-1)
  // A patch by hand and a new name carry the timer of an earlier step, which another machine may have armed.
  if (newest?.machine === undefined || newest.operation !== undefined || newest.renamedFrom !== undefined)
    return undefined
  const state = machineOf(newest.machine)?.states.find(({ id }) => id === currentState)
  return state === undefined ? undefined : (state.timeout ?? null)
}
