import type { CommandId, Instant, SagaId } from '../engine/saga.ts'

/** A command whose lease this process holds without sending it. */
export interface IdleLease {
  readonly id: CommandId
  readonly sagaId: SagaId
  readonly channel: string
  /** As it was written: a later claim by another process writes another instant. */
  readonly due: Instant
}

type RememberedLease = IdleLease & { readonly isWaiting: boolean }

/**
 * Commands that no other process may send before their lease ends, and that are not in the relay: those without capacity (P16),
 * which are ready, and those without an answer, which wait. This process need not wait for its own leases: a ready command goes
 * as soon as its channel has capacity, a waiting one as soon as its participant answers again. Bounded: a forgotten lease is
 * found in the store by its `due`.
 */
export class IdleLeases {
  readonly #most: number
  readonly #all = new Map<CommandId, RememberedLease>()
  readonly #ready = new Map<string, Set<CommandId>>()
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

  /** A command for this channel is ready. */
  isReady(channel: string): boolean {
    return (this.#ready.get(channel)?.size ?? 0) > 0
  }

  drop(id: CommandId): void {
    const lease = this.#all.get(id)
    if (lease === undefined) return
    this.#all.delete(id)
    this.#of(lease).delete(id)
  }

  /** Drops it unless it was written again meanwhile. */
  dropIf({ id, due }: Pick<IdleLease, 'id' | 'due'>): void {
    if (this.#all.get(id)?.due === due) this.drop(id)
  }

  /** The participant answers again: its waiting commands become ready before their `due`. Returns false where there were none. */
  release(channel: string): boolean {
    const waiting = this.#waiting.get(channel)
    if (waiting === undefined || waiting.size === 0) return false
    this.#waiting.delete(channel)
    const ready = this.#ready.get(channel)
    for (const id of waiting) {
      const lease = this.#all.get(id)
      if (lease !== undefined) this.#all.set(id, { ...lease, isWaiting: false })
      ready?.add(id)
    }
    if (ready === undefined) this.#ready.set(channel, waiting)
    return true
  }

  /** Channels with ready commands. */
  ready(): string[] {
    return [...this.#ready].filter(([, ids]) => ids.size > 0).map(([channel]) => channel)
  }

  /** The oldest ready commands, at most `most`. They stay until they are dropped. */
  oldest(channel: string, most: number): IdleLease[] {
    const found: IdleLease[] = []
    for (const id of this.#ready.get(channel) ?? []) {
      if (found.length >= most) break
      const lease = this.#all.get(id)
      if (lease !== undefined) found.push(lease)
    }
    return found
  }

  #add({ id, sagaId, channel, due }: IdleLease, isWaiting: boolean): void {
    this.drop(id)
    if (this.#all.size >= this.#most) this.drop(this.#all.keys().next().value ?? '')
    this.#all.set(id, { id, sagaId, channel, due, isWaiting })
    const byChannel = isWaiting ? this.#waiting : this.#ready
    const ids = byChannel.get(channel)
    if (ids === undefined) byChannel.set(channel, new Set([id]))
    else ids.add(id)
  }

  #of({ channel, isWaiting }: RememberedLease): Set<CommandId> {
    return (isWaiting ? this.#waiting : this.#ready).get(channel) ?? new Set()
  }
}
