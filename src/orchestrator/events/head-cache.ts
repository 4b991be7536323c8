import type { HandedOnHeaders, Saga, SagaId } from '../../engine/saga.ts'
import type { Loaded } from '../../ports/persistency.ts'

/** Share of conflicts among writes on cached heads above which caching pauses (P21). */
const TOLERATED = 1 / 3
/** Weight of one write in the running share. */
const WEIGHT = 1 / 16
/** Reads without the cache before caching is tried again. */
const PAUSE = 512
/** Heads that one pass drops: at least one of so many. */
const SPARE = 64

/**
 * Heads of recently written sagas, bounded by bytes; the least recently used goes first. A stale head costs one conflict, never a
 * wrong write. Where several processes write the same sagas, the cache costs more than it saves and pauses itself.
 */
export class HeadCache {
  readonly #limit: number
  readonly #kept = new Map<SagaId, CachedHead>()
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
    kept.isUsed = true
    return kept.loaded
  }

  remember(loaded: Loaded): void {
    const { id } = loaded.saga
    const kept = this.#kept.get(id)
    const before = kept?.bytes ?? 0
    const metadata = this.#paused > 0 ? Number.POSITIVE_INFINITY : this.#weighMetadata(loaded.saga, kept)
    const bytes = metadata + weighRest(loaded, this.#limit)
    if (bytes > this.#limit) return this.forget(id)
    if (kept === undefined) this.#kept.set(id, { loaded, bytes, metadata, isUsed: false })
    else {
      kept.loaded = loaded
      kept.bytes = bytes
      kept.metadata = metadata
      kept.isUsed = true
    }
    this.#bytes += bytes - before
    if (this.#bytes > this.#limit) this.#shrink()
  }

  forget(id: SagaId): void {
    const kept = this.#kept.get(id)
    if (kept === undefined) return
    this.#kept.delete(id)
    this.#bytes -= kept.bytes
  }

  /** Result of a write that was decided on a cached head. */
  learn(conflict: boolean): void {
    this.#conflicts += ((conflict ? 1 : 0) - this.#conflicts) * WEIGHT
    if (this.#conflicts <= TOLERATED) return
    this.#kept.clear()
    this.#bytes = 0
    this.#conflicts = 0
    this.#paused = PAUSE
  }

  /** Bookkeeping leaves the metadata as they are. */
  #weighMetadata({ metadata }: Saga, kept: CachedHead | undefined): number {
    return kept?.loaded.saga.metadata === metadata ? kept.metadata : weigh(metadata, this.#limit)
  }

  /**
   * Second chance: a head that was used since the last pass moves to the end, any other is dropped. It makes room for further heads too:
   * each pass steps over the places of all heads that have left the map since it last grew.
   */
  #shrink(): void {
    const most = this.#kept.size - Math.floor(this.#kept.size / SPARE)
    for (const [id, kept] of this.#kept) {
      if (this.#bytes <= this.#limit && this.#kept.size <= most) return
      if (!kept.isUsed) {
        this.forget(id)
        continue
      }
      kept.isUsed = false
      this.#kept.delete(id)
      this.#kept.set(id, kept)
    }
  }
}

interface CachedHead {
  loaded: Loaded
  bytes: number
  /** Of `bytes`, those of the metadata. */
  metadata: number
  isUsed: boolean
}

/** Estimated bytes of a head without its metadata: a constant for its fixed fields, and the parts of any size. */
function weighRest({ saga, basis }: Loaded, limit: number): number {
  let bytes = 1_500 + 2 * saga.entity.length + weigh(basis, limit)
  for (const { payload, headers, body, last } of saga.owed) {
    bytes += weighMessage(headers, body, limit)
    if (payload !== undefined) bytes += weigh(payload, limit)
    if (last !== undefined) bytes += weigh(last, limit)
  }
  for (const { headers, body } of saga.delivered ?? NONE) bytes += weighMessage(headers, body, limit)
  if (saga.deadLetters.length > 0) bytes += weigh(saga.deadLetters, limit)
  if (saga.parked.length > 0) bytes += weigh(saga.parked, limit)
  if (saga.hold?.sideEffects !== undefined) bytes += weigh(saga.hold.sideEffects, limit)
  if (saga.operations !== undefined) bytes += weigh(saga.operations, limit)
  return bytes
}

function weighMessage(headers: HandedOnHeaders | undefined, body: string | undefined, limit: number): number {
  return 300 + (body === undefined ? 0 : 2 * body.length) + (headers === undefined ? 0 : weigh(headers, limit))
}

const NONE: readonly never[] = Object.freeze([])

/** Estimated bytes of a JSON value in memory. Stops above `limit`. It does not recurse: a value may be deeper than the stack. */
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
