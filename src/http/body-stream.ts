import type { Duration } from '../engine/saga.ts'
import type { Runtime } from '../ports/runtime.ts'

/** Most bytes of a refused body that are read and dropped, so that a client that sends before it reads gets its answer (C7). */
const MAX_DRAINED = 64 * 1024 * 1024
/**
 * Milliseconds without a byte after which draining ends: the client has stopped sending and is answered. A client that a busy machine
 * or a lost packet holds up for a moment sends on before, and reads its answer.
 */
const IDLE_TIMEOUT = 2_000

/** Why a body could not be read. */
export type BodyFailure = 'late' | 'broken' | 'full' | 'too-large'

/** Limits of `readWhole`. */
export interface BodyReadLimits {
  /** Until the whole body must have arrived. */
  readonly timeout: Duration
  /** Refuses a body that has grown to `size` with its last `more` bytes; `undefined` admits it. */
  readonly admit: (more: number, size: number) => BodyFailure | undefined
  /** Receives the error of the transport: the client disconnected, or its chunks are malformed. */
  readonly onBroken: (thrown: unknown) => void
}

/** The bytes of a body that the host reads as a whole, within `timeout`. */
export async function readWhole(
  reading: Promise<ArrayBuffer>,
  runtime: Runtime,
  { timeout, onBroken }: Pick<BodyReadLimits, 'timeout' | 'onBroken'>,
): Promise<Uint8Array | BodyFailure> {
  const timer = timerOf(runtime, timeout)
  try {
    const bytes = await Promise.race([reading, timer.late])
    return bytes === 'late' ? 'late' : new Uint8Array(bytes)
  } catch (thrown) {
    onBroken(thrown)
    return 'broken'
  } finally {
    timer.cancel()
  }
}

/** A body that is read chunk by chunk: reading can stop at any chunk, and memory holds only what has arrived. */
export class BodyStream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  readonly #runtime: Runtime
  #hasEnded = false

  constructor(body: ReadableStream<Uint8Array> | null, runtime: Runtime) {
    this.#reader = body?.getReader()
    this.#runtime = runtime
    this.#hasEnded = body === null
  }

  /** True if the whole body was read: only then can the connection carry another request. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  async read({ timeout, admit, onBroken }: BodyReadLimits): Promise<Uint8Array | BodyFailure> {
    const timer = timerOf(this.#runtime, timeout)
    const chunks: Uint8Array[] = []
    let size = 0
    try {
      for (;;) {
        const chunk = await this.#next(timer)
        if (chunk === 'late') return 'late'
        if (chunk === undefined) return joined(chunks, size)
        size += chunk.byteLength
        const failure = admit(chunk.byteLength, size)
        if (failure !== undefined) return failure
        chunks.push(chunk)
      }
    } catch (thrown) {
      onBroken(thrown)
      return 'broken'
    } finally {
      timer.cancel()
    }
  }

  /** Reads and drops the rest: until it ends, the client stops sending, or a limit is reached. */
  async drain(within: Duration): Promise<void> {
    const runtime = this.#runtime
    const deadline = runtime.monotonic() + within
    for (let size = 0; size <= MAX_DRAINED && !this.#hasEnded;) {
      const timer = timerOf(runtime, Math.min(IDLE_TIMEOUT, deadline - runtime.monotonic()))
      const chunk = await this.#next(timer).catch(() => 'late' as const)
      timer.cancel()
      if (chunk === 'late') return
      size += chunk?.byteLength ?? 0
    }
  }

  /** Leaves the rest unread. */
  cancel(): void {
    if (!this.#hasEnded) this.#reader?.cancel().catch(() => undefined)
  }

  async #next({ late }: BodyTimer): Promise<Uint8Array | undefined | 'late'> {
    if (this.#reader === undefined) return undefined
    const read = await Promise.race([this.#reader.read(), late])
    if (read === 'late') return 'late'
    if (read.done) this.#hasEnded = true
    return read.value
  }
}

interface BodyTimer {
  readonly late: Promise<'late'>
  readonly cancel: () => void
}

function timerOf(runtime: Runtime, wait: Duration): BodyTimer {
  const { promise, resolve } = Promise.withResolvers<'late'>()
  return { late: promise, cancel: runtime.after(Math.max(0, wait), () => resolve('late')) }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [first] = chunks
  if (first !== undefined && chunks.length === 1) return first
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}
