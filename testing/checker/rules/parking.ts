import type { EventIdentity, ParkedEvent, Saga } from '../../../src/engine/saga.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { Written } from '../observation.ts'
import { definitionOf, lists, stateOf, takes } from '../run-index.ts'
import type { RunIndex } from '../run-index.ts'
import { identity, wasApplied } from '../saga-story.ts'
import type { SagaStory } from '../saga-story.ts'
import { same, shown } from '../same.ts'

/** Parked events: which may be parked, their bounds, and the reasons for which one leaves (P10, P11, P26). */
export function* parking(saga: SagaStory, run: RunIndex): Iterable<Found> {
  for (const write of saga.writes) {
    const before = write.before?.parked ?? []
    for (const one of write.after.parked) {
      const earlier = find(before, one.event)
      if (earlier === undefined) yield* parked(saga, run, { write, one })
      else if (!same({ ...earlier, due: undefined }, { ...one, due: undefined }))
        yield found('P10', `the parked event ${shown(named(one))} has changed`, write.at)
    }
    for (const one of before)
      if (find(write.after.parked, one.event) === undefined) yield* left(saga, { write, one })
      else if (isTaken(write, one)) yield found('P10', `${shown(named(one))} is applied, and stays parked`, write.at)
    for (const one of write.change.parked ?? [])
      if (find(write.after.parked, one.event) === undefined)
        yield found('P10', `${shown(named(one))} is parked by the write, and is not kept`, write.at)
    yield* oldestFirst(saga, run, write)
  }
}

interface Parked {
  readonly write: Written
  readonly one: ParkedEvent
}

function* parked(saga: SagaStory, run: RunIndex, { write, one }: Parked): Iterable<Found> {
  const { at, change, after, before } = write
  const { terms } = run
  const event = shown(named(one))
  if (!change.parked?.some((other) => identity(other.event) === identity(one.event)))
    yield found('P10', `${event} is parked by a write that does not park it`, at)
  if (wasApplied(saga, one.event, at)) yield found('P10', `${event} is parked, and was applied before`, at)
  const isHeld = before?.hold !== undefined
  if (before?.isFinal === true && !isHeld) yield found('P10', `a saga that has ended parks ${event}`, at)
  if (!isHeld && takes(run, after, one.event.label))
    yield found('P10', `${event} is parked, although "${after.state}" takes it`, at)
  const isStranded = [...run.run.machines.values()].some((definition) => stateOf(definition, after.state) === undefined)
  if (!isHeld && !isStranded && terms.unexpectedEvents !== undefined && terms.unexpectedEvents !== 'park')
    yield found('P10', `${event} is parked, expected that it is answered as unexpected`, at)
  yield* bounded(run, { write, one })
}

function* bounded({ terms: { parking: bounds } }: RunIndex, { write, one }: Parked): Iterable<Found> {
  if (bounds === undefined) return
  const { at, after, before } = write
  const from = Math.max(one.since, before?.hold?.until ?? one.since)
  if (after.parked.length > bounds.limit)
    yield found('P10', `the saga keeps ${after.parked.length} parked events, at most ${bounds.limit} may be`, at)
  if (one.expires !== from + bounds.timeToLive)
    yield found(
      'P10',
      `a parked event expires ${one.expires - from} ms after it came, expected ${bounds.timeToLive}`,
      at,
    )
}

/** Taken by the step, dropped by the end of the saga or by an operator, a dead letter, or applied before: never without a reason. */
function* left(saga: SagaStory, { write, one }: Parked): Iterable<Found> {
  const { at, change, before, after } = write
  const { step, operation } = change
  const isDropped = operation?.action === 'drop-parked'
  const isEnded = step?.state.isFinal === true && (step.stays !== true || before?.isFinal === false)
  const letter = after.deadLetters.find((other) => other.kind === 'event' && identity(other) === identity(one.event))
  if (isTaken(write, one) || isDropped || isEnded || letter !== undefined || wasApplied(saga, one.event, at)) return
  yield found('P10', `the parked event ${shown(named(one))} has left without a reason`, at)
}

function isTaken({ change: { step } }: Written, { event }: ParkedEvent): boolean {
  return step !== undefined && identity(step.event) === identity(event)
}

/** Of the parked events that the state takes the oldest comes first, unless its sender has sent a younger one again (I5, P30). */
function* oldestFirst(saga: SagaStory, run: RunIndex, write: Written): Iterable<Found> {
  const { at, change, before } = write
  const { step } = change
  const place = before?.parked.findIndex((one) => isTaken(write, one)) ?? -1
  if (step === undefined || before === undefined || place <= 0) return
  const younger = before.parked[place]
  if (younger === undefined || wasAskedAgain(saga, run, { younger, before: at })) return
  const definition = definitionOf(run, step.machine)
  const isPassed = ({ expires, event }: ParkedEvent) =>
    expires > change.at && lists(definition, before.state, event.label)
  const passed = before.parked.slice(0, place).find(isPassed)
  if (passed !== undefined)
    yield found('I5', `${shown(named(younger))} is taken before ${shown(named(passed))}, which was parked earlier`, at)
}

interface TakenYoung {
  readonly younger: ParkedEvent
  readonly before: number
}

/** Beside the request that has parked it, another one was under way then, or came later. */
function wasAskedAgain(saga: SagaStory, { requests }: RunIndex, { younger: { event }, before }: TakenYoung): boolean {
  const isIt = (one: EventIdentity) => identity(one) === identity(event)
  const isKept = (head: Saga | undefined) => head?.parked.some((one) => isIt(one.event)) === true
  const parked = saga.writes.findLast((one) => one.at < before && isKept(one.after) && !isKept(one.before))
  const asks = requests.filter(({ asked: { at, by }, answered }) => {
    const isEvent = by.door === 'event' || by.door === 'source'
    const isOver = answered !== undefined && answered.at < (parked?.at ?? before)
    return at < before && !isOver && isEvent && by.event.sagaId === event.sagaId && isIt(by.event)
  })
  return asks.length !== 1
}

function find(events: readonly ParkedEvent[], event: EventIdentity): ParkedEvent | undefined {
  return events.find((one) => identity(one.event) === identity(event))
}

function named({ event: { id, label } }: ParkedEvent): readonly string[] {
  return [id, label]
}
