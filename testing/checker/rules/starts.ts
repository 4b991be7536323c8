import type { Debt } from '../../../src/engine/saga.ts'
import { found } from '../found.ts'
import type { Found } from '../found.ts'
import type { Arrived, Concluded, Written } from '../observation.ts'
import type { RunIndex } from '../run-index.ts'
import type { CommandStory, Lease, SagaStory } from '../saga-story.ts'

/**
 * A command starts after the earlier ones of its saga have started (P13), also those that a hold has kept (P26). A process knows its own
 * starts; one whose lease another process holds counts as started. Where recovery is by redelivery, each request sends for itself (P17).
 */
export function* starts(saga: SagaStory, { terms }: RunIndex): Iterable<Found> {
  if (terms.redelivery === true) return
  for (const command of saga.commands.values()) {
    const first = firstStart(command)
    if (first === undefined) continue
    const lease = command.leases.findLast(({ at, process }) => at < first.at && process === first.process)
    if (lease !== undefined) yield* overtaken(saga, { command, first, lease })
  }
}

interface FirstStart {
  readonly command: CommandStory
  readonly first: Start
  readonly lease: Lease
}

type Start = Arrived | Concluded

/** Sends are numbered as they start; they are seen when they arrive, or when they end. */
function firstStart({ arrivals, conclusions }: CommandStory): Start | undefined {
  let first: Start | undefined
  for (const one of [...arrivals, ...conclusions]) if (first === undefined || isBefore(one, first)) first = one
  return first
}

function isBefore(one: Start, other: Start): boolean {
  return one.send < other.send || (one.send === other.send && one.at < other.at)
}

function* overtaken(saga: SagaStory, { command, first, lease }: FirstStart): Iterable<Found> {
  const waiting = unstartedBefore(headAt(saga, lease.at), command.id)
  const still = unstartedBefore(headAt(saga, first.at - 1), command.id).map(({ id }) => id)
  for (const earlier of waiting.filter(({ id }) => still.includes(id)))
    if (startsLater(saga.commands.get(earlier.id), earlier, { first, lease }))
      yield found('P13', `"${command.id}" has started before "${earlier.id}", which is owed longer`, first.at)
}

/**
 * Certain where no process has held a lease of it before, or where the sender of the later one starts it afterwards by the lease that it
 * had all along. A lease of unknown fate (P6) or of a crashed process counts as started, and is followed by another one.
 */
function startsLater(
  command: CommandStory | undefined,
  { due }: Debt,
  { first, lease }: Omit<FirstStart, 'command'>,
): boolean {
  const leasesBefore = (at: number) => command?.leases.filter((one) => one.at < at) ?? []
  const held = leasesBefore(first.at)
  if (held.length === 0) return due <= lease.from
  const start = command && firstStart(command)
  if (start === undefined || start.process !== first.process) return false
  const isByOne =
    leasesBefore(start.at).length === held.length && held.every(({ process }) => process === first.process)
  return isByOne && first.send < start.send
}

function headAt({ writes }: SagaStory, at: number): Written['after'] | undefined {
  return writes.findLast((write) => write.at <= at)?.after
}

/** Commands before this one in the outbox that were never sent; none where it was sent before itself. */
function unstartedBefore(head: Written['after'] | undefined, id: string): readonly Debt[] {
  const place = head?.owed.findIndex((debt) => debt.id === id) ?? -1
  if (place === -1 || head?.owed[place]?.tried === true) return []
  return head?.owed.slice(0, place).filter(({ tried }) => tried !== true) ?? []
}
