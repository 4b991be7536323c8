import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { Written } from '../observation.ts'
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

function* strange({ id, arrivals: [first] }: CommandStory): Iterable<Found> {
  if (first !== undefined) yield found('P5', `a command has the id "${id}", expected "<saga>/<step>/<index>"`, first.at)
}

/** Each lease of a process is the right to one send. Arrivals of one send, such as doubled messages, count once. */
function* licensed({ id, arrivals, leases: all }: CommandStory): Iterable<Found> {
  const sends = new Map<string, Set<number>>()
  for (const { at, process, send } of arrivals) {
    const known = sends.get(process) ?? new Set()
    sends.set(process, known)
    if (known.has(send)) continue
    known.add(send)
    const rights = all.filter((lease) => lease.process === process && lease.at < at).length
    if (rights >= known.size) continue
    const why = rights === 0 ? 'without a lease' : `${known.size} times on ${rights} lease${rights === 1 ? '' : 's'}`
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

function* sentOnce(saga: SagaStory, { id, arrivals }: CommandStory): Iterable<Found> {
  const [first] = arrivals
  if (first === undefined) return
  if (new Set(arrivals.map(({ send }) => send)).size > 1)
    yield found('P5', `the side effect "${id}" was sent again`, arrivals.at(-1)?.at)
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
