import { encodeComment } from '../../codec/event-frame.ts'
import { utf8 } from './utf8.ts'

/** Options of `WatchStream`. */
export interface WatchStreamOptions {
  /** Bytes that may wait for a slow client. */
  readonly limit: number
  /** Called with each change of the bytes that wait. */
  readonly held?: ((change: number) => void) | undefined
  /** Called once: the client is gone, or the stream has its last bytes. */
  readonly closed: () => void
  /** Called where the client has taken everything and would take more. */
  readonly drained?: (() => void) | undefined
}

/** Heartbeats without a byte taken by the client, after which it counts as gone. */
const DEAF = 3

/** Bytes that are handed over at once, if there are more parts than one. */
const PORTION = 65_536

/**
 * The bytes of server-sent events for one client. What the client does not take waits, within a limit: beyond it the client is dropped,
 * with a comment that says so. It may resume after the last event that it has read.
 */
export class WatchStream {
  readonly body: ReadableStream<Uint8Array>
  readonly #options: WatchStreamOptions
  #waiting: Uint8Array[] = []
  #bytes = 0
  /** The host has asked for bytes, and there were none. */
  #isWanted = false
  #isEnding = false
  #heartbeats = 0
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor(options: WatchStreamOptions) {
    this.#options = options
    // Nothing is taken in advance: bytes wait here, where they are counted.
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => {
          this.#isWanted = true
          this.#flow()
        },
        cancel: () => {
          this.#controller = undefined
          this.close()
        },
      },
      { highWaterMark: 0 },
    )
  }

  /** Bytes that the client has not taken. */
  get bytes(): number {
    return this.#bytes
  }

  get hasEnded(): boolean {
    return this.#isEnding
  }

  /** Hands bytes to the client. False where it was too slow for them, and is dropped now. */
  push(bytes: Uint8Array): boolean {
    if (this.#isEnding) return true
    if (this.#bytes + bytes.length > this.#options.limit) return this.drop()
    this.#add(bytes)
    this.#flow()
    return true
  }

  /** A sign of life for client and proxies. False where the client has taken nothing for so long that it is dropped now. */
  beat(): boolean {
    if (this.#bytes === 0) {
      this.#heartbeats = 0
      return this.push(HEARTBEAT)
    }
    return ++this.#heartbeats < DEAF || this.drop()
  }

  /** Ends the stream once the client has taken what waits, and these last bytes. */
  end(last?: Uint8Array): void {
    if (this.#isEnding) return
    if (last !== undefined) this.#add(last)
    this.#isEnding = true
    this.#options.closed()
    this.#flow()
  }

  /** The client is gone: nothing waits for it any more. */
  close(): void {
    this.#forget()
    this.end()
  }

  /** What waits is left out, so that a client that never reads on takes no memory. */
  drop(): false {
    this.#forget()
    this.end(TOO_SLOW)
    return false
  }

  #forget(): void {
    this.#waiting = []
    this.#count(-this.#bytes)
  }

  #count(change: number): void {
    this.#bytes += change
    this.#options.held?.(change)
  }

  #add(bytes: Uint8Array): void {
    this.#waiting.push(bytes)
    this.#count(bytes.length)
  }

  #flow(): void {
    if (!this.#isWanted) return
    if (this.#waiting.length > 0) return this.#give()
    if (this.#isEnding) this.#controller?.close()
    else this.#options.drained?.()
  }

  /** Small parts go together; what waits is shared with other clients, so that it is copied a portion at a time. */
  #give(): void {
    let [count, length] = [0, 0]
    for (const part of this.#waiting) {
      if (count > 0 && length + part.length > PORTION) break
      count++
      length += part.length
    }
    const parts = this.#waiting.splice(0, count)
    this.#count(-length)
    this.#heartbeats = 0
    this.#isWanted = false
    this.#controller?.enqueue(joined(parts, length))
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const HEARTBEAT = utf8(':\n\n')
const TOO_SLOW = utf8(
  encodeComment('dropped, because events came faster than they were read: come back with Last-Event-ID'),
)
