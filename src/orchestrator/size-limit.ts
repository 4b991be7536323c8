import { addedAtMost, encodedAtMost } from '../codec/json-size-bound.ts'
import { bytesOf } from '../codec/utf8-size.ts'
import type { Metadata, Saga } from '../engine/saga.ts'
import type { TooLarge } from './corridor.ts'

/**
 * Keeps a saga so small that no event of it holds up all others (P24): its metadata, and the older metadata that its owed
 * commands and dead letters still carry, take at most so many bytes each as JSON.
 *
 * The metadata is encoded for it only where a bound of its size exceeds the limit, and the size found then is remembered: the
 * next step adds the bound of what it has changed.
 */
export class SizeLimit {
  readonly #limit: number
  /** Bounds that were above the limit once; they go with their objects. */
  readonly #known = new WeakMap<Metadata, number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** What is too large about the saga as a step leaves it; `undefined` where nothing is. */
  exceeded(before: Saga | undefined, next: Saga): TooLarge | undefined {
    const limit = this.#limit
    if (!this.#holds(before?.metadata, next.metadata)) return { kind: 'too-large', limit, part: 'metadata' }
    return this.#carries(next) ? undefined : { kind: 'too-large', limit, part: 'owed' }
  }

  #holds(before: Metadata | undefined, next: Metadata): boolean {
    const known = before && this.#known.get(before)
    if (known === undefined) return this.#sizeOf(next) <= this.#limit
    const most = known + addedAtMost(before, next, this.#limit)
    return (most <= this.#limit ? this.#remember(next, most) : this.#encoded(next)) <= this.#limit
  }

  #carries({ owed, deadLetters }: Saga): boolean {
    let bytes = 0
    for (const { payload } of owed) if (payload !== undefined) bytes += this.#sizeOf(payload)
    for (const { payload } of deadLetters) bytes += this.#sizeOf(payload)
    return bytes <= this.#limit
  }

  /** A bound, or the size itself where the bound exceeds the limit. */
  #sizeOf(metadata: Metadata): number {
    const known = this.#known.get(metadata)
    if (known !== undefined) return known
    const most = encodedAtMost(metadata, this.#limit)
    return most <= this.#limit ? most : this.#encoded(metadata)
  }

  #encoded(metadata: Metadata): number {
    try {
      return this.#remember(metadata, bytesOf(JSON.stringify(metadata)))
    } catch {
      return Number.POSITIVE_INFINITY // longer than any text, or deeper than the stack
    }
  }

  #remember(metadata: Metadata, bytes: number): number {
    this.#known.set(metadata, bytes)
    return bytes
  }
}

/** What a sender is told: the limit, and what to do. */
export function whyTooLarge({ limit, part }: TooLarge): string {
  switch (part) {
    case 'metadata':
      return `the metadata of the saga would be larger than ${limit} bytes (MAX_SAGA_SIZE); send a reference to what is large, or raise the limit`
    case 'owed':
      return `the commands that the saga owes carry more than ${limit} bytes (MAX_SAGA_SIZE); send the event again when they are delivered, or raise the limit`
    case undefined:
      return `the saga would be larger than the ${limit} bytes that its store takes`
  }
}
