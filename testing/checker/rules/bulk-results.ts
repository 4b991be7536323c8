import type { BulkOperation, BulkRequest } from '../../../src/orchestrator/bulk/bulk-operation.ts'
import type { AnyAnswer, ShownBulk, Violation } from '../observation.ts'
import type { Request, RunIndex } from '../run-index.ts'
import type { SagaStory } from '../saga-story.ts'
import { differing, shown } from '../same.ts'
import { askedBulks, headsBetween, isKnown, selects } from './bulk-selections.ts'
import { BULK } from './operators.ts'

/**
 * A bulk operation that was answered is there, and a repeat of its request shows the same one; it ends, and has one result for each saga
 * that it has changed, or that its filter has selected all the time (P27).
 */
export function* bulkResults(run: RunIndex): Iterable<Violation> {
  const { operations } = run.run
  if (operations === undefined) return
  for (const request of run.requests) {
    const { answered } = request
    for (const why of answerFlaws(request, operations)) yield { rule: 'P27', at: answered?.at, why }
  }
  for (const shownBulk of operations.values())
    for (const why of resultFlaws(run, shownBulk)) yield { rule: 'P27', why: `"${shownBulk.operation.id}" ${why}` }
}

type AboutBulk = Extract<AnyAnswer, { readonly operation: BulkOperation }>

function isAboutBulk(answer: AnyAnswer): answer is AboutBulk {
  return 'operation' in answer && typeof answer.operation === 'object'
}

const FIXED = ['fingerprint', 'action', 'filter', 'operator', 'reason', 'rate'] as const

function* answerFlaws({ asked, answered }: Request, operations: ReadonlyMap<string, ShownBulk>): Iterable<string> {
  const { by } = asked
  if (answered === undefined || (by.door !== 'bulk' && by.door !== 'bulk-end')) return
  const { answer } = answered
  const id = by.door === 'bulk' ? by.bulk.id : by.id
  if (!isAboutBulk(answer)) return
  const kept = operations.get(id)?.operation
  if (kept === undefined) {
    yield `the operation "${id}" was answered "${answer.kind}", and is not there`
    return
  }
  for (const field of differing(answer.operation, kept, [...FIXED, 'id', 'startedAt']))
    yield `"${field}" of "${id}" was answered as ${shown(answer.operation[field])}, and is ${shown(kept[field])}`
  const { counts } = answer.operation
  const names = Object.keys(counts) as (keyof typeof counts)[]
  if (names.some((name) => counts[name] > kept.counts[name]))
    yield `the results of "${id}" were answered as ${shown(counts)}, and are ${shown(kept.counts)}`
  if (by.door === 'bulk') yield* begunFlaws(by.bulk, answer.kind, kept)
  else if (answer.kind === 'cancelled' && kept.status !== 'cancelled')
    yield `"${id}" was answered as cancelled, and is ${kept.status}`
}

function* begunFlaws(asked: BulkRequest, kind: string, kept: BulkOperation): Iterable<string> {
  const others = differing(asked, kept, ['action', 'filter', 'rate'])
  if (kind === 'mismatch' && others.length === 0) yield `the same request for "${kept.id}" was answered "mismatch"`
  if (kind !== 'mismatch' && others.length > 0)
    yield `another request under the key of "${kept.id}" was answered "${kind}": it differs in ${others.join(', ')}`
}

function* resultFlaws(run: RunIndex, { operation, items, late = [] }: ShownBulk): Iterable<string> {
  const { id, status, counts } = operation
  if (status === 'running') {
    if (run.calm !== undefined) yield 'has not ended at the end of a calm run'
    return
  }
  const results = Map.groupBy([...items, ...late], ({ sagaId }) => sagaId)
  for (const [sagaId, all] of results) {
    const lives = run.lives.filter((life) => life.id === sagaId).length
    if (all.length > Math.max(1, lives)) yield `has ${all.length} results of "${sagaId}"`
  }
  for (const [outcome, count] of Object.entries(counts)) {
    const found = items.filter((item) => item.outcome === outcome).length
    if (found !== count) yield `counts ${count} results "${outcome}", and has ${found}`
  }
  for (const saga of run.sagas.values()) {
    const outcome = results.get(saga.id)?.[0]?.outcome
    const at = saga.writes.find(({ change }) => change.operation?.id === BULK + id)?.at
    if (at === undefined && (outcome === 'done' || outcome === 'repeated'))
      yield `has the result "${outcome}" of "${saga.id}", which it has never changed`
    if (at !== undefined && (outcome === 'refused' || outcome === 'unknown') && !isRemoved(run, saga))
      yield `has the result "${outcome}" of "${saga.id}", which it has changed`
    if (outcome === undefined && isOwed(run, operation, { saga, at }))
      yield `has no result of "${saga.id}", which it ${at === undefined ? 'should have taken' : 'has changed'}`
  }
}

interface TakenSaga {
  readonly saga: SagaStory
  /** Position of the write by which the operation has changed it. */
  readonly at: number | undefined
}

/**
 * A saga whose result may not be missing: it was changed, or the filter has selected it from the first request to the end. A process that
 * stands still may change a saga of its page after another one has ended an operation that was cancelled.
 */
function isOwed(run: RunIndex, { id, status }: BulkOperation, { saga, at }: TakenSaga): boolean {
  if (status === 'cancelled') return at !== undefined && at < cancelledAt(run, id)
  if (at !== undefined) return true
  const all = askedBulks(run).get(id) ?? []
  const heads = headsBetween(saga, all[0]?.at ?? Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
  const isThere = all[0] !== undefined && saga.writes.some((write) => write.at < (all[0]?.at ?? 0))
  return (
    isThere &&
    !isRemoved(run, saga) &&
    all.every(({ bulk }) => isKnown(bulk.filter) && heads.every((head) => selects(bulk.filter, head)))
  )
}

function isRemoved({ lives }: RunIndex, { id }: SagaStory): boolean {
  return lives.some((life) => life.id === id && life.endedAt !== undefined)
}

/** Position at which somebody first asked for the end of an operation. */
function cancelledAt({ requests }: RunIndex, id: string): number {
  const first = requests.find(({ asked: { by } }) => by.door === 'bulk-end' && by.id === id)
  return first?.asked.at ?? Number.POSITIVE_INFINITY
}
