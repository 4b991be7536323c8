import type { Instant, Saga } from '../../../src/engine/saga.ts'
import { pathProblems } from '../path.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { ObservedRun, Written } from '../observation.ts'
import { definitionOf } from '../run-index.ts'
import type { RunIndex } from '../run-index.ts'
import { identity } from '../saga-story.ts'
import type { SagaStory } from '../saga-story.ts'
import { differing, same, shown } from '../same.ts'
import { earliestOf } from './due.ts'

type Stored = ObservedRun['sagas'] extends ReadonlyMap<string, infer Value> ? Value : never

/** The store at the end of the run: it has what was written (I1, I8), a path (I3), and after a calm nothing is left undone (I2, I9). */
export function* ending(saga: SagaStory, run: RunIndex): Iterable<Found> {
  const last = saga.writes.at(-1)
  if (last === undefined) return
  if (saga.endedAt !== undefined) {
    yield* removed(saga, last, run)
    return
  }
  const stored = run.run.sagas.get(saga.id)
  if (stored === undefined) {
    const mayBeGone = run.terms.removal === true && last.after.isFinal && last.after.owed.length === 0
    if (!mayBeGone) yield found('I1', 'the saga was written, and the store has it no more')
    return
  }
  yield* asWritten(saga, stored, last.after)
  yield* path(stored, run)
  if (run.calm !== undefined) yield* undone(stored.head, run.end - (run.terms.slack ?? SLACK))
}

/** A saga is removed after its end, when it owes nothing (I1), and not before its time (P23). */
function* removed({ endedAt }: SagaStory, { at, after, process }: Written, run: RunIndex): Iterable<Found> {
  const { isFinal, owed, state } = after
  if (!isFinal || owed.length > 0)
    yield found('I1', `the saga was removed in "${state}", and owed ${owed.length} commands`, endedAt)
  const { timeOf, observations } = run.run
  const remover = endedAt === undefined ? undefined : observations[endedAt]
  const areRight = [process, remover?.process].every((one) => one !== undefined && !run.setClocks.has(one))
  if (timeOf === undefined || endedAt === undefined || run.terms.retention === undefined || !areRight) return
  const kept = timeOf(endedAt) - timeOf(at)
  if (kept < run.terms.retention - SKEW)
    yield found('P23', `the saga was removed ${kept} ms after its last write, expected ${run.terms.retention}`, endedAt)
}

/** Milliseconds by which the clocks of a writer and of a process that removes may differ together, and a write may be late. */
const SKEW = 30_000

/** Milliseconds that due work may take at the end of a calm run: some looks of a sweep. */
const SLACK = 10_000

function* asWritten({ writes }: SagaStory, { head, document }: Stored, after: Saga): Iterable<Found> {
  const fields = [...new Set([...Object.keys(head), ...Object.keys(after)])] as (keyof Saga)[]
  const others = differing(
    head,
    after,
    fields.filter((field) => field !== 'due'),
  )
  if (others.length > 0)
    yield found('I8', `the store has another head than the last write has left: ${others.join(', ')}`)
  const steps = writes.flatMap(({ change: { step } }) => (step === undefined ? [] : [step]))
  const entries = document.history.events.map(({ id, event }, index) => [
    id,
    event,
    document.history.states[index]?.state,
  ])
  const expected = steps.map(({ event, state }) => [event.id, event.label, state.id])
  if (!same(entries, expected)) yield found('I8', `the history is ${shown(entries)}, the steps were ${shown(expected)}`)
}

/** With one machine, the document alone must be a path (I3, I4); `steps` judges the others write by write. */
function* path({ document }: Stored, run: RunIndex): Iterable<Found> {
  const [hash, ...others] = new Set(document.history.events.map(({ machine }) => machine))
  const definition = hash === undefined || others.length > 0 ? undefined : definitionOf(run, hash)
  if (definition === undefined) return
  for (const why of pathProblems(definition, document)) yield found(why.includes('applied before') ? 'I4' : 'I3', why)
  const identities = document.history.events.map(({ id, event }) => identity({ id, label: event }))
  if (new Set(identities).size < identities.length) yield found('I4', 'the history has an event twice')
}

/** Work that a calm run has left: it ends when nothing is due, so a saga is final or waits for an event, a deadline or an operator. */
function* undone(head: Saga, now: Instant): Iterable<Found> {
  const { owed, timer, parked, hold, due } = head
  const earliest = earliestOf(head)
  if (due !== undefined && earliest !== undefined && due > earliest)
    yield found('I9', `the store shows the saga as due at ${due}, its earliest work is due at ${earliest}`)
  if (hold?.until !== undefined && hold.until < now) yield found('I9', 'the time of its hold is over, and it is held')
  if (hold !== undefined) return
  for (const { id } of owed) yield found('I2', `"${id}" is owed at the end of a calm run`)
  if (timer !== undefined && timer.deadline < now)
    yield found(
      'I9',
      `the deadline of the step ${timer.step} has passed by ${now - timer.deadline} ms, and nothing was done`,
    )
  for (const { event, expires, due: offered } of parked) {
    if (expires < now) yield found('I9', `the time of the parked event "${event.label}" is over, and it is parked`)
    else if (offered !== undefined && offered < now)
      yield found('I9', `the parked event "${event.label}" is due, and is not offered`)
  }
}
