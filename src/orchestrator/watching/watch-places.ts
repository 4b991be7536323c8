import { encodeComment } from '../../codec/event-frame.ts'
import { DEFAULTS } from '../../defaults.ts'
import type { Duration } from '../../engine/saga.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { WatcherKind } from '../../ports/metric-labels.ts'
import type { Cancel, Runtime } from '../../ports/runtime.ts'
import { utf8 } from './utf8.ts'
import { WatchStream } from './watch-stream.ts'

/** Options of `WatchPlaces`. */
export interface WatchPlacesOptions {
  readonly runtime: Pick<Runtime, 'after' | 'every'>
  readonly metrics: Pick<Metrics, 'watching' | 'count'>
  /** Streams at once. Default: `DEFAULTS.watchers`. */
  readonly most?: number | undefined
  /** A stream ends after this time, so that its client comes back. Default: it goes on. */
  readonly life?: Duration | undefined
}

/** A new stream. */
export interface PlaceRequest {
  readonly kind: WatcherKind
  /** Called once the stream has ended. */
  readonly left: () => void
  readonly drained?: (() => void) | undefined
}

/** Beats of the clock in one interval of heartbeats: a part of the streams beats with each, so that thousands do not beat at once. */
const SLOTS = 15

/** Bytes that may wait for a client. Those of all sagas are shared by their clients, and one that comes back gets the whole ring. */
const LIMITS: Readonly<Record<WatcherKind, number>> = {
  saga: DEFAULTS.watchBytes,
  all: DEFAULTS.watchRing + DEFAULTS.watchBytes,
}

/** The streams of a process: their number is bounded, each is kept alive, and all end with the service. */
export class WatchPlaces {
  readonly #options: WatchPlacesOptions
  readonly #slots: readonly Set<WatchStream>[] = Array.from({ length: SLOTS }, () => new Set<WatchStream>())
  readonly #counts = { saga: 0, all: 0 }
  /** Bytes that wait for clients of single sagas; those of all sagas are shared. */
  #held = 0
  #next = 0
  #beats = 0
  #cancelBeat: Cancel | undefined
  #isClosed = false

  constructor(options: WatchPlacesOptions) {
    this.#options = options
  }

  /** A new stream, whose first words say when to come back; `undefined` where there are too many. */
  open({ kind, left, drained }: PlaceRequest): WatchStream | undefined {
    const { runtime, most = DEFAULTS.watchers, life } = this.#options
    if (this.#counts.saga + this.#counts.all >= most) return undefined
    const slot = this.#slots[this.#next++ % SLOTS] as Set<WatchStream>
    let cancelLife: Cancel | undefined
    const closed = (): void => {
      slot.delete(stream)
      cancelLife?.()
      this.#count(kind, -1)
      left()
    }
    const stream = new WatchStream({
      limit: LIMITS[kind],
      closed,
      drained,
      held: kind === 'saga' ? this.#hold : undefined,
    })
    slot.add(stream)
    this.#count(kind, 1)
    stream.push(RETRY)
    if (this.#isClosed) stream.end(STOPPING)
    else if (life !== undefined) cancelLife = runtime.after(life, () => stream.end(COME_BACK))
    return stream
  }

  readonly #hold = (change: number): void => void (this.#held += change)

  /** Hands bytes to a stream; one that is too slow is dropped, and one that would keep too much beside the others. */
  push(stream: WatchStream, bytes: Uint8Array): void {
    const isFull = stream.bytes > 0 && this.#held > DEFAULTS.watchBytesTotal
    if (!(isFull ? stream.drop() : stream.push(bytes))) this.#options.metrics.count('watcher-dropped')
  }

  /** Ends every stream, and each later one at once. */
  close(): void {
    this.#isClosed = true
    for (const slot of this.#slots) for (const stream of slot) stream.end(STOPPING)
  }

  #count(kind: WatcherKind, change: 1 | -1): void {
    this.#counts[kind] += change
    this.#options.metrics.watching(kind, change)
    if (this.#counts.saga + this.#counts.all > 0) {
      this.#cancelBeat ??= this.#options.runtime.every(DEFAULTS.watchBeat / SLOTS, () => this.#beat())
    } else {
      this.#cancelBeat?.()
      this.#cancelBeat = undefined
    }
  }

  #beat(): void {
    for (const stream of this.#slots[this.#beats++ % SLOTS] ?? [])
      if (!stream.beat()) this.#options.metrics.count('watcher-dropped')
  }
}

const RETRY = utf8(`retry: ${DEFAULTS.watchRetry}\n\n`)
const STOPPING = utf8(encodeComment('the service is stopping: come back with Last-Event-ID'))
const COME_BACK = utf8(encodeComment('this stream is as old as it may be: come back with Last-Event-ID'))
