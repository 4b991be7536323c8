import type { Debt } from '../../../src/engine/saga.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { Arrived, Asking, Concluded, Departed, Written } from '../observation.ts'
import type { RunIndex } from '../run-index.ts'
import { identity } from '../saga-story.ts'
import type { CommandStory, Lease, SagaStory } from '../saga-story.ts'
import { eventOf } from './steps.ts'

/**
 * First sends of a saga start in the order of its outbox (P13), also those that a hold has kept (P26). An earlier command that was sent
 * before, or whose lease another process holds, counts as started. Where recovery is by redelivery, each request sends for itself (P17).
 */
export function* starts(saga: SagaStory, run: RunIndex): Iterable<Found> {
  if (run.terms.redelivery === true) return
  for (const command of saga.commands.values()) {
    const first = firstStart(command)
    if (first === undefined) continue
    for (const earlier of unstartedBefore(saga, command, first))
      if (isPassed(earlier, { command, first }, { saga, run }))
        yield found('P13', `"${first.process}" sends "${command.id}" before "${earlier.id}", not yet sent`, first.at)
  }
}

type Start = Departed | Arrived | Concluded

/** Sends are numbered as they start. A start is seen itself, or where it arrives or ends. */
function firstStart({ departures, arrivals, conclusions }: CommandStory): Start | undefined {
  const seen = [...departures, ...arrivals, ...conclusions]
  return seen.reduce<Start | undefined>(
    (first, one) => (first === undefined || isBefore(one, first) ? one : first),
    undefined,
  )
}

function isBefore(one: Start, other: Start): boolean {
  return one.send < other.send || (one.send === other.send && one.at < other.at)
}

/** Debts before this one in the outbox, since it was leased, that were never sent; none where it was sent before itself. */
function unstartedBefore(saga: SagaStory, { id, leases }: CommandStory, first: Start): readonly Debt[] {
  const leased = leaseOf(leases, first)
  const since = leased === undefined ? undefined : unsentBefore(saga, leased.at, id)
  return unsentBefore(saga, first.at - 1, id).filter((debt) => since?.some((one) => one.id === debt.id) !== false)
}

function unsentBefore({ writes }: SagaStory, at: number, id: string): readonly Debt[] {
  const owed = writes.findLast((write) => write.at <= at)?.after.owed ?? []
  const place = owed.findIndex((debt) => debt.id === id)
  if (place === -1 || owed[place]?.tried === true) return []
  return owed.slice(0, place).filter(({ tried }) => tried !== true)
}

function leaseOf(leases: readonly Lease[], { at, process }: Start): Lease | undefined {
  return leases.findLast((one) => one.process === process && one.at < at)
}

interface LaterCommand {
  readonly command: CommandStory
  readonly first: Start
}

interface SagaOfRun {
  readonly saga: SagaStory
  readonly run: RunIndex
}

/**
 * True where the sender of the later command must have waited: nobody has held the earlier one, nobody else can, or the sender itself
 * holds it and knows that.
 */
function isPassed(earlier: Debt, { command, first }: LaterCommand, { saga, run }: SagaOfRun): boolean {
  const story = saga.commands.get(earlier.id)
  const start = story && firstStart(story)
  if (start !== undefined && start.send < first.send) return false
  const held = story?.leases.filter(({ at }) => at < first.at) ?? []
  const last = held.at(-1)
  // Where starts themselves are not seen, the earlier one may have been lost on its way.
  const isSeen = first.kind === 'departed'
  if (isSeen && run.terms.shared === false) return true
  if (last === undefined) return earlier.due <= (leaseOf(command.leases, first)?.from ?? Number.NEGATIVE_INFINITY)
  if (isSeen && last.process === first.process && isAnswered(last, first, { saga, run })) return true
  return story !== undefined && start !== undefined && isStartedByIt({ story, start, held }, first)
}

/**
 * The process has answered the request of the lease's write, so it knows that the write is durable. Where another write has followed by then,
 * a store may not know the first one any more, and the process took it for that of another one (P6).
 */
function isAnswered({ at, process }: Lease, { at: before }: Start, { saga, run }: SagaOfRun): boolean {
  const place = saga.writes.findIndex((one) => one.at === at)
  const [write, next] = [saga.writes[place], saga.writes[place + 1]]
  return run.requests.some(({ asked, answered }) => {
    if (asked.process !== process || answered === undefined || answered.at < at || answered.at > before) return false
    if (next !== undefined && next.at < answered.at) return false
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

interface HeldCommand {
  readonly story: CommandStory
  readonly start: Start
  /** Its leases before the later one has started. */
  readonly held: readonly Lease[]
}

/** The process starts it afterwards, by the lease that it alone has had all along. */
function isStartedByIt({ story, start, held }: HeldCommand, { process }: Start): boolean {
  const leases = story.leases.filter(({ at }) => at < start.at)
  return start.process === process && leases.length === held.length && held.every((one) => one.process === process)
}
