import type { SagaEvent, SagaId } from '../../../src/engine/saga.ts'
import type { Answered, Asked, Violation, Written } from '../observation.ts'
import { lifeDuring, takes } from '../run-index.ts'
import type { RunIndex } from '../run-index.ts'
import { identity, wasApplied } from '../saga-story.ts'
import type { SagaStory } from '../saga-story.ts'
import { shown } from '../same.ts'

/** An answer is given after the write that it speaks of (I1), and `moved` once for each event (I4), in each life of its saga. */
export function* answers(run: RunIndex): Iterable<Violation> {
  const moved = new Map<string, number>()
  for (const { asked, answered } of run.requests) {
    if (answered === undefined) continue
    const { by } = asked
    const { at, answer } = answered
    if (by.door === 'creation') yield* ofCreation(run, by.creation.id, answered)
    if (by.door !== 'event' && by.door !== 'source') continue
    const { sagaId, id, label } = by.event
    const event = `the event ${shown([id, label])}`
    for (const [rule, what] of flaws(run, by.event, { asked, answered }))
      yield { rule, sagaId, at, why: `${event} ${what}` }
    const key = JSON.stringify([sagaId, id, label])
    if (answer.kind !== 'moved') continue
    const times = (moved.get(key) ?? 0) + 1
    moved.set(key, times)
    if (times > Math.max(1, livesOf(run, sagaId)))
      yield { rule: 'I4', sagaId, at, why: `${event} was answered "moved" a second time` }
  }
}

function livesOf({ lives }: RunIndex, id: SagaId): number {
  return lives.filter((life) => life.id === id).length
}

function* ofCreation({ sagas }: RunIndex, sagaId: string, { answer, at }: Answered): Iterable<Violation> {
  if (answer.kind !== 'created' && answer.kind !== 'repeated' && answer.kind !== 'mismatch') return
  const first = sagas.get(sagaId)?.writes[0]
  if (first === undefined || first.at > at)
    yield { rule: 'I1', sagaId, at, why: `the creation was answered "${answer.kind}" before it was durable` }
}

interface Judged {
  readonly asked: Asked
  readonly answered: Answered
}

type AnswerFlaw = readonly [rule: string, what: string]

function* flaws(run: RunIndex, event: SagaEvent, judged: Judged): Iterable<AnswerFlaw> {
  const { at, answer } = judged.answered
  const story = run.sagas.get(event.sagaId)
  switch (answer.kind) {
    case 'moved': {
      const entered = story?.writes.findLast((write) => write.at < at && isStepOf(write, event))?.after.state
      if (entered === undefined) yield ['I1', 'was answered "moved" before its step was durable']
      else if (entered !== answer.state)
        yield ['I1', `was answered "moved" into "${answer.state}", and entered "${entered}"`]
      break
    }
    case 'duplicate':
      if (!wasApplied(story, event, at)) yield ['I4', 'was answered "duplicate", and was not applied']
      break
    case 'parked':
      if (!isKept(story, event, at)) yield ['I1', 'was answered "parked" before it was kept']
      break
    case 'unexpected':
      if (alwaysTakes(run, event, judged))
        yield ['P9', 'was answered "unexpected", and the saga could take it all the time']
      break
    case 'unknown-saga':
      if (lifeDuring(run, event.sagaId, [judged.asked.at, at]) !== undefined)
        yield ['P9', 'was answered "unknown-saga", and the saga was there']
      break
    case 'committed':
      if (answer.isPoison === true) break
      if (!wasApplied(story, event, at) && !isKept(story, event, at) && alwaysFits(run, event, judged))
        yield ['I1', 'was acknowledged, and is neither applied nor kept']
      break
    default:
  }
}

function isStepOf({ change: { step } }: Written, event: SagaEvent): boolean {
  return step !== undefined && identity(step.event) === identity(event)
}

/** Parked, or a dead letter of the saga (P10), by a write before. */
function isKept(story: SagaStory | undefined, event: SagaEvent, before: number): boolean {
  const key = identity(event)
  return (story?.writes ?? []).some(({ at, change: { parked = [], dead = [] } }) => {
    if (at >= before) return false
    const isDead = dead.some((one) => one.kind === 'event' && identity(one) === key)
    return isDead || parked.some((one) => identity(one.event) === key)
  })
}

/** From the request to its answer the state of the saga has listed the event, in every machine that may have answered (P11). */
function alwaysTakes(run: RunIndex, event: SagaEvent, { asked, answered }: Judged): boolean {
  const writes = lifeDuring(run, event.sagaId, [asked.at, answered.at])?.writes ?? []
  const earlier = writes.findLast(({ at }) => at < asked.at)
  const during = writes.filter(({ at }) => at > asked.at && at < answered.at)
  return [earlier, ...during].every((write) => write !== undefined && takes(run, write.after, event.label))
}

/** Parked events of a saga without a setting (C2.5a). */
const DEFAULT_LIMIT = 100

/**
 * From the request to its answer the saga could take or keep the event. A source may give up one that can never be applied (C4.3,
 * C4.4), and one for which the saga has no room (P10).
 */
function alwaysFits(run: RunIndex, event: SagaEvent, { asked, answered }: Judged): boolean {
  const writes = lifeDuring(run, event.sagaId, [asked.at, answered.at])?.writes ?? []
  const earlier = writes.findLast(({ at }) => at < asked.at)
  const during = writes.filter(({ at }) => at > asked.at && at < answered.at)
  const limit = run.terms.parking?.limit ?? DEFAULT_LIMIT
  return [earlier, ...during].every((write) => {
    if (write === undefined || write.after.parked.length >= limit) return false
    const { hold, isFinal } = write.after
    const isParking = hold !== undefined || (run.terms.unexpectedEvents === 'park' && !isFinal)
    return isParking || takes(run, write.after, event.label)
  })
}
