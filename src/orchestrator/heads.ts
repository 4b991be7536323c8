import type { SagaId } from '../engine/saga.ts'
import type { Loaded } from '../ports/persistency.ts'

/** Part of the decisions on remembered heads that may end in a conflict before remembering stops (P21). */
const TOLERATED = 1 / 3
/** How much one decision weighs in the running share of conflicts. */
const WEIGHT = 1 / 16
/** Reads that are made the long way before remembering is tried again. */
const PAUSE = 512

/**
 * The heads of sagas that moved lately, least recently used dropped first, bounded by bytes. A stale one costs a conflict,
 * never a wrong write; where several processes share sagas, remembering costs more than it saves and switches itself off.
 */
export class Heads {
  readonly #limit: number
  readonly #kept = new Map<SagaId, { readonly loaded: Loaded; readonly bytes: number }>()
  #bytes = 0
  #conflicts = 0
  #paused = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get bytes(): number {
    return this.#bytes
  }

  recall(id: SagaId): Loaded | undefined {
    if (this.#paused > 0) {
      this.#paused--
      return undefined
    }
    const kept = this.#kept.get(id)
    if (kept === undefined) return undefined
    this.#kept.delete(id)
    this.#kept.set(id, kept) // the newest place: it was used just now
    return kept.loaded
  }

  remember(loaded: Loaded): void {
    const { id } = loaded.saga
    this.forget(id)
    if (this.#paused > 0) return
    const bytes = 1_000 + weigh([loaded.saga, loaded.basis], this.#limit)
    if (bytes > this.#limit) return
    this.#kept.set(id, { loaded, bytes })
    this.#bytes += bytes
    if (this.#bytes > this.#limit) this.#shrink() // to look for the oldest is not cheap where many have changed places
  }

  forget(id: SagaId): void {
    const kept = this.#kept.get(id)
    if (kept === undefined) return
    this.#kept.delete(id)
    this.#bytes -= kept.bytes
  }

  /** What became of a write that was decided on a remembered head. */
  learn(conflict: boolean): void {
    this.#conflicts += ((conflict ? 1 : 0) - this.#conflicts) * WEIGHT
    if (this.#conflicts <= TOLERATED) return
    this.#kept.clear()
    this.#bytes = 0
    this.#conflicts = 0
    this.#paused = PAUSE
  }

  #shrink(): void {
    for (const id of this.#kept.keys()) {
      if (this.#bytes <= this.#limit) return
      this.forget(id)
    }
  }
}

/**
 * Roughly the bytes that a value takes in memory: payloads of debts, dead letters and parked events count like the metadata,
 * and so does a document inside the basis. Stops where it is more than `limit`; needs no stack, however deep the value is.
 */
export function weigh(value: unknown, limit: number): number {
  const left: unknown[] = [value]
  let bytes = 0
  while (left.length > 0 && bytes <= limit) {
    const next = left.pop()
    if (typeof next === 'string') bytes += 16 + 2 * next.length
    else if (typeof next !== 'object' || next === null) bytes += 8
    else if (Array.isArray(next)) {
      bytes += 32
      for (const item of next) left.push(item)
    } else {
      bytes += 32
      for (const key of Object.keys(next)) {
        bytes += 16 + key.length
        left.push((next as Record<string, unknown>)[key])
      }
    }
  }
  return bytes
}
