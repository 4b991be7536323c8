import type { CommandId, Instant, SagaId } from '../../engine/saga.ts'
import type { Lane } from './lane.ts'

/** A command whose lease this process holds without sending it. */
export interface IdleLease {
  readonly id: CommandId
  readonly sagaId: SagaId
  readonly channel: string
  /** Absent: the channel. */
  readonly lane?: Lane | undefined
  /** As it was written: a later claim by another process writes another instant. */
  readonly due: Instant
}

type RememberedLease = IdleLease & { readonly lane: Lane; readonly isWaiting: boolean }

/**
 * Commands that no other process may send before their lease ends, and that are not in the relay: those without capacity (P16),
 * which are ready, and those without an answer, which wait. This process need not wait for its own leases: a ready command goes
 * as soon as its channel has capacity, a waiting one as soon as its participant answers again. Bounded: a forgotten lease is
 * found in the store by its `due`.
 */
export class IdleLeases {
  readonly #most: number
  readonly #all = new Map<CommandId, RememberedLease>()
  /** By lane. */
  readonly #ready = new Map<Lane, Set<CommandId>>()
  /** By channel: its participant answers, or does not. */
  readonly #waiting = new Map<string, Set<CommandId>>()

  constructor(most: number) {
    this.#most = most
  }

  /** Its channel had no capacity: it is ready. */
  forget(lease: IdleLease): void {
    this.#add(lease, false)
  }

  /** Its participant did not answer: it waits. */
  postpone(lease: IdleLease): void {
    this.#add(lease, true)
  }

  /** The command is ready, and its lease is still the one that this process wrote: no other process can have started it. */
  hasForgotten({ id, due }: Pick<IdleLease, 'id' | 'due'>): boolean {
    const lease = this.#all.get(id)
    return lease !== undefined && !lease.isWaiting && lease.due === due
  }

  /** A command for this lane is ready. */
  isReady(lane: Lane): boolean {
    return this.#ready.has(lane)
  }

  drop(id: CommandId): void {
    const lease = this.#all.get(id)
    if (lease === undefined) return
    this.#all.delete(id)
    if (lease.isWaiting) removeFrom(this.#waiting, lease.channel, id)
    else removeFrom(this.#ready, lease.lane, id)
  }

  /** Drops it unless it was written again meanwhile. */
  dropIf({ id, due }: Pick<IdleLease, 'id' | 'due'>): void {
    if (this.#all.get(id)?.due === due) this.drop(id)
  }

  /** Its claim was not written: others of its lane go before it. A lease that was written again meanwhile stays as it is. */
  putLast({ id, due }: Pick<IdleLease, 'id' | 'due'>): void {
    const lease = this.#all.get(id)
    if (lease?.due === due) this.#add(lease, lease.isWaiting)
  }

  /**
   * It stands behind an earlier command of its saga, and goes with that one. Forgotten, it would seem to be held by another process,
   * and a later command would start before it (P13).
   */
  rest({ id, due }: Pick<IdleLease, 'id' | 'due'>): void {
    const lease = this.#all.get(id)
    if (lease?.due === due && !lease.isWaiting) removeFrom(this.#ready, lease.lane, id)
  }

  /** The participant answers again: its waiting commands become ready before their `due`. Returns false where there were none. */
  release(channel: string): boolean {
    const waiting = this.#waiting.get(channel)
    if (waiting === undefined) return false
    this.#waiting.delete(channel)
    for (const id of waiting) {
      const lease = this.#all.get(id)
      if (lease === undefined) continue
      this.#all.set(id, { ...lease, isWaiting: false })
      addTo(this.#ready, lease.lane, id)
    }
    return true
  }

  /** Lanes with ready commands. */
  ready(): Lane[] {
    return [...this.#ready.keys()]
  }

  /** The oldest ready commands, at most `most`. They stay until they are dropped. */
  oldest(lane: Lane, most: number): IdleLease[] {
    const found: IdleLease[] = []
    for (const id of this.#ready.get(lane) ?? []) {
      if (found.length >= most) break
      const lease = this.#all.get(id)
      if (lease !== undefined) found.push(lease)
    }
    return found
  }

  #add({ id, sagaId, channel, due, lane = channel }: IdleLease, isWaiting: boolean): void {
    this.drop(id)
    if (this.#all.size >= this.#most) this.drop(this.#all.keys().next().value ?? '')
    this.#all.set(id, { id, sagaId, channel, due, lane, isWaiting })
    if (isWaiting) addTo(this.#waiting, channel, id)
    else addTo(this.#ready, lane, id)
  }
}

function addTo(sets: Map<string, Set<CommandId>>, name: string, id: CommandId): void {
  const ids = sets.get(name)
  if (ids === undefined) sets.set(name, new Set([id]))
  else ids.add(id)
}

/** Keys of lanes come from clients: an empty set must not stay. */
function removeFrom(sets: Map<string, Set<CommandId>>, name: string, id: CommandId): void {
  const ids = sets.get(name)
  ids?.delete(id)
  if (ids?.size === 0) sets.delete(name)
}
