import type { CommandId, Instant, SagaId } from '../engine/saga.ts'

/** A command whose lease this process holds while it does nothing about it. */
export interface IdleLease {
  readonly id: CommandId
  readonly sagaId: SagaId
  readonly channel: string
  /** As it was written: whoever claims it after us writes another. */
  readonly due: Instant
}

type Held = IdleLease & { readonly isWaiting: boolean }

/**
 * Commands that nobody but this process may send before their lease ends, and that it does not hold in the relay: those for
 * which there was no room (P16), and those that had no answer and wait. It need not wait for its own leases: the first can go as
 * soon as there is room, the others as soon as their participant answers again. Whoever else takes one up does not tell, so only
 * so many are remembered; what is not is found by its `due`.
 */
export class IdleLeases {
  readonly #most: number
  readonly #all = new Map<CommandId, Held>()
  readonly #ready = new Map<string, Set<CommandId>>()
  readonly #waiting = new Map<string, Set<CommandId>>()

  constructor(most: number) {
    this.#most = most
  }

  /** There was no room for it. */
  forget(lease: IdleLease): void {
    this.#add(lease, false)
  }

  /** It had no answer. */
  postpone(lease: IdleLease): void {
    this.#add(lease, true)
  }

  /** Whether it could go if there were room, and is still ours: nobody else can have begun with it. */
  hasForgotten({ id, due }: Pick<IdleLease, 'id' | 'due'>): boolean {
    const lease = this.#all.get(id)
    return lease !== undefined && !lease.isWaiting && lease.due === due
  }

  isReady(channel: string): boolean {
    return (this.#ready.get(channel)?.size ?? 0) > 0
  }

  drop(id: CommandId): void {
    const lease = this.#all.get(id)
    if (lease === undefined) return
    this.#all.delete(id)
    this.#of(lease).delete(id)
  }

  /** Unless it was written anew meanwhile. */
  dropIf({ id, due }: Pick<IdleLease, 'id' | 'due'>): void {
    if (this.#all.get(id)?.due === due) this.drop(id)
  }

  /** The participant answers again: what waited for that need not wait for its `due`. Answers whether anything did. */
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

  /** Channels for which something could go if there were room. */
  ready(): string[] {
    return [...this.#ready].filter(([, ids]) => ids.size > 0).map(([channel]) => channel)
  }

  /** The oldest that could go, at most so many. They stay until they are dropped, or put behind the others. */
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
    const there = isWaiting ? this.#waiting : this.#ready
    const ids = there.get(channel)
    if (ids === undefined) there.set(channel, new Set([id]))
    else ids.add(id)
  }

  #of({ channel, isWaiting }: Held): Set<CommandId> {
    return (isWaiting ? this.#waiting : this.#ready).get(channel) ?? new Set()
  }
}
