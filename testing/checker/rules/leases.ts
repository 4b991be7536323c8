import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { Arrived, Departed, Written } from '../observation.ts'
import type { RunIndex } from '../run-index.ts'
import { partsOf } from '../saga-story.ts'
import type { CommandStory, SagaStory } from '../saga-story.ts'

/**
 * A process sends a command after a write of its own has leased it, once for each lease (P12), and does not take a lease that another
 * process still holds (P14). Side effects leave once, after the write that made or released them (P5, P26).
 */
export function* leases(saga: SagaStory, run: RunIndex): Iterable<Found> {
  const longest = longestLease(saga)
  for (const command of saga.commands.values()) {
    const parts = partsOf({ id: command.id, sagaId: saga.id })
    if (parts === undefined) yield* strange(command)
    else if (parts.index === 0) {
      yield* licensed(command)
      yield* exclusive(command, run, longest)
    } else yield* sentOnce(saga, command)
  }
}

/** The first that was seen of each send: its departure, or an arrival where that was not seen. A doubled message is one send. */
function sendsOf({ departures, arrivals }: CommandStory): readonly (Departed | Arrived)[] {
  const sends = new Map<number, Departed | Arrived>()
  for (const one of [...departures, ...arrivals]) if (!sends.has(one.send)) sends.set(one.send, one)
  return [...sends.values()].toSorted((one, other) => one.at - other.at)
}

function* strange(command: CommandStory): Iterable<Found> {
  const { id } = command
  const [first] = sendsOf(command)
  if (first !== undefined) yield found('P5', `a command has the id "${id}", expected "<saga>/<step>/<index>"`, first.at)
}

/** Each lease of a process is the right to one send. */
function* licensed(command: CommandStory): Iterable<Found> {
  const { id, leases: all } = command
  const sends = new Map<string, number>()
  for (const { at, process } of sendsOf(command)) {
    const count = (sends.get(process) ?? 0) + 1
    sends.set(process, count)
    const rights = all.filter((lease) => lease.process === process && lease.at < at).length
    if (rights >= count) continue
    const why = rights === 0 ? 'without a lease' : `${count} times on ${rights} lease${rights === 1 ? '' : 's'}`
    yield found('P12', `"${process}" has sent "${id}" ${why}`, at)
  }
}

function* exclusive({ id, leases: all }: CommandStory, { terms, ends }: RunIndex, longest: number): Iterable<Found> {
  for (const [index, lease] of all.entries()) {
    const earlier = all[index - 1]
    if (earlier === undefined || terms.redelivery === true) continue
    const isOwn = earlier.process === lease.process
    const isVoid = terms.shared === false && (ends.get(earlier.process) ?? Number.POSITIVE_INFINITY) < lease.at
    const isOver = earlier.due <= lease.from || earlier.due > lease.from + longest // of another clock (P23)
    if (isOwn || isVoid || isOver || earlier.endedAt !== undefined) continue
    const left = earlier.due - lease.from
    yield found(
      'P14',
      `"${lease.process}" claims "${id}", which "${earlier.process}" holds for ${left} ms more`,
      lease.at,
    )
  }
}

/** The longest lease that was ever taken, and the tolerance of clocks: a longer one is of another clock (P23). */
function longestLease({ commands }: SagaStory): number {
  const lengths = [...commands.values()].flatMap((command) => command.leases.map(({ due, from }) => due - from))
  return Math.max(0, ...lengths) + 5_000
}

function* sentOnce(saga: SagaStory, command: CommandStory): Iterable<Found> {
  const { id } = command
  const [first, again] = sendsOf(command)
  if (first === undefined) return
  if (again !== undefined) yield found('P5', `the side effect "${id}" was sent again`, again.at)
  const made = saga.writes.find((write) => releases(write, id))
  if (made === undefined || made.at > first.at) {
    const isKept = saga.writes.some(
      ({ at, after }) => at < first.at && after.hold?.sideEffects?.some((one) => one.id === id),
    )
    yield found(isKept ? 'P26' : 'P5', `the side effect "${id}" left before the write that lets it go`, first.at)
  }
}

/** The write after which a side effect may leave: its step, or the end of the hold that has kept it. */
function releases({ change, before, after }: Written, id: string): boolean {
  if (after.hold === undefined && change.step?.sideEffects.some((one) => one.id === id)) return true
  return change.hold === null && before?.hold?.sideEffects?.some((one) => one.id === id) === true
}
