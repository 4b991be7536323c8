import { addedAtMost, encodedAtMost } from '../../codec/json-size-bound.ts'
import { bytesOf } from '../../codec/utf8-size.ts'
import type { HandedOnHeaders, Metadata, ParkedEvent, Saga } from '../../engine/saga.ts'
import type { TooLarge } from '../undone.ts'

/**
 * Bounds the size of a saga, so that no event of it delays all others (P24): its metadata, and the payloads, bodies and headers
 * of its owed commands and dead letters together, take at most `limit` bytes each as JSON.
 *
 * Metadata is encoded only where an estimate from above exceeds the limit. The size found then is remembered, and the next step
 * adds an estimate of its changes.
 */
export class SizeLimit {
  readonly #limit: number
  /** Bytes of metadata whose estimate exceeded the limit. */
  readonly #known = new WeakMap<Metadata, number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The part of the saga that exceeds the limit after a step; `undefined` where none does. */
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
    for (const { payload, headers, body } of owed) bytes += this.#carried(payload, headers, body)
    for (const letter of deadLetters) {
      bytes += this.#carried(letter.payload, letter.headers, letter.kind === undefined ? letter.body : undefined)
    }
    return bytes <= this.#limit
  }

  /** Each part is absent in most messages; the payload of the newest step is the metadata, which count by themselves. */
  #carried(payload: Metadata | undefined, headers: HandedOnHeaders | undefined, body: string | undefined): number {
    const bytes = (payload === undefined ? 0 : this.#sizeOf(payload)) + (body === undefined ? 0 : bytesOf(body))
    return headers === undefined ? bytes : bytes + this.#sizeOf(headers)
  }

  /** An estimate from above; the size itself where the estimate exceeds the limit. */
  #sizeOf(metadata: Metadata): number {
    const known = this.#known.get(metadata)
    if (known !== undefined) return known
    const most = encodedAtMost(metadata, this.#limit)
    return most <= this.#limit ? most : this.#encoded(metadata)
  }

  #encoded(metadata: Metadata): number {
    return this.#remember(metadata, encodedSize(metadata))
  }

  #remember(metadata: Metadata, bytes: number): number {
    this.#known.set(metadata, bytes)
    return bytes
  }
}

/** `too-large` where the parked events of a saga would take more than `limit` bytes as JSON (P24). */
export function parkedTooLarge(parked: readonly ParkedEvent[], limit: number): TooLarge | undefined {
  let bytes = 0
  for (const { event } of parked) bytes += encodedAtMost(event as unknown as Metadata, limit)
  if (bytes <= limit) return undefined
  return encodedSize(parked) <= limit ? undefined : { kind: 'too-large', limit, part: 'parked' }
}

/** Infinite for a value that is longer than any text, or deeper than the stack. */
function encodedSize(value: unknown): number {
  try {
    return bytesOf(JSON.stringify(value))
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** Reason for the sender: the limit and the remedy. */
export function whyTooLarge({ limit, part }: TooLarge): string {
  switch (part) {
    case 'metadata':
      return `the metadata of the saga would be larger than ${limit} bytes (MAX_SAGA_SIZE); send a reference to what is large, or raise the limit`
    case 'owed':
      return `the commands that the saga owes carry more than ${limit} bytes (MAX_SAGA_SIZE); send the event again when they are delivered, or raise the limit`
    case 'parked':
      return `the events that the saga has parked would take more than ${limit} bytes (a share of MAX_SAGA_SIZE, or of the limit of the store); send the event again when they are taken, or raise the limit`
    case undefined:
      return `the saga would be larger than the ${limit} bytes that its store takes`
  }
}
