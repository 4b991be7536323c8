import { DEFAULTS } from '../../src/defaults.ts'
import { BatutaError } from '../../src/errors.ts'
import { LOG_CODES } from '../../src/ports/log-codes.ts'
import { LOG_LEVELS } from '../../src/ports/runtime.ts'
import type {
  Fetch,
  Fields,
  Log,
  LogFormat,
  LogLevel,
  OutwardAnswer,
  OutwardRequest,
  Runtime,
} from '../../src/ports/runtime.ts'

/** The runtime of a host with web standards; the four runtime adapters replace parts of it. */
export function webRuntime(name: string, log: Log): Runtime {
  return {
    name,
    wallClock: () => Date.now(),
    monotonic: () => performance.now(),
    random,
    after(wait, run) {
      const timer = setTimeout(run, wait)
      return () => clearTimeout(timer)
    },
    every(interval, run) {
      const timer = setInterval(run, interval)
      return () => clearInterval(timer)
    },
    waitUntil: () => undefined,
    mayVanish: false,
    fetch: platformFetch(),
    blocksPorts: false,
    log,
  }
}

/** The form of a log's lines. */
export interface LogStyle {
  /** Default: `pino`. */
  readonly format?: LogFormat | undefined
  /** Fields of every line in the format `pino`: process and host, where the runtime knows them. */
  readonly base?: Fields | undefined
}

/** Writes one JSON object a line to standard output, errors included, as containers and edge consoles expect it. */
export function consoleLog(level: LogLevel, write: (line: string) => void, style: LogStyle = {}): Log {
  const least = LOG_LEVELS.indexOf(level)
  const isText = style.format === 'text-levels'
  const headOf = (of: LineLevel): Fields => (isText ? textHead(of) : { ...pinoHead(of), ...style.base })
  return {
    write(code, fields, level = LOG_CODES[code].level) {
      if (LOG_LEVELS.indexOf(level) < least) return
      write(JSON.stringify({ ...headOf(level), code, msg: LOG_CODES[code].words, ...fields }))
    },
    writes: (level) => LOG_LEVELS.indexOf(level) >= least,
  }
}

type LineLevel = Exclude<LogLevel, 'silent'>

/** The numbers of pino's levels. */
const NUMBERS: Readonly<Record<LineLevel, number>> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50 }

function pinoHead(level: LineLevel): Fields {
  return { level: NUMBERS[level], time: Date.now() }
}

function textHead(level: LineLevel): Fields {
  return { level, time: new Date().toISOString() }
}

const POOL = new Uint32Array(256)
let used = POOL.length

/** Uniform in [0, 1): 53 bits of the platform's cryptographic randomness, drawn in bulk. */
function random(): number {
  if (used + 2 > POOL.length) {
    crypto.getRandomValues(POOL)
    used = 0
  }
  const high = (POOL[used++] ?? 0) >>> 5
  const low = (POOL[used++] ?? 0) >>> 6
  return (high * 67_108_864 + low) / 9_007_199_254_740_992
}

/** Bytes of an unwanted body that are read at most, so that its connection can be used again. */
export const DRAINED: number = 128 * 1024

/** An answer whose head has arrived. */
interface AnswerHead {
  readonly status: number
  readonly header: OutwardAnswer['header']
  /** Reads the body to its end, within bounds, into `text`. */
  readonly read: (text: BodyText) => Promise<void>
}

/**
 * One exchange within its time-out. Its own timer ends it even if the HTTP client ignores the abort signal: a send that never
 * ends would keep its place in the outbox and hold up a stop. Connecting has no separate time-out here. The words of a failure
 * whose status arrived in time have `DEFAULTS.wordsGrace` more: on a busy machine they lie unread in the connection.
 */
export async function exchange(
  { timeouts, keep, keepOfFailure }: Pick<OutwardRequest, 'timeouts' | 'keep' | 'keepOfFailure'>,
  begin: (signal: AbortSignal) => Promise<AnswerHead>,
): Promise<OutwardAnswer> {
  const abort = new AbortController()
  const { promise: late, reject } = Promise.withResolvers<never>()
  const end = () => {
    const error = new BatutaError('no-answer', `no answer within ${Math.round(timeouts.answer)} ms`)
    reject(error)
    abort.abort(error) // the connection goes with it
  }
  let isFailure = false
  let timer = setTimeout(() => {
    if (!isFailure) return end()
    timer = setTimeout(end, DEFAULTS.wordsGrace)
  }, timeouts.answer)
  try {
    const begun = await Promise.race([begin(abort.signal), late])
    const ofFailure = begun.status < 200 || begun.status >= 300 ? keepOfFailure : undefined
    isFailure = ofFailure !== undefined
    const text = new BodyText(ofFailure ?? keep)
    const reading = Promise.race([begun.read(text), late])
    // Where the status is enough, a failure of the body does not matter; its beginning is kept.
    await (keep === 0 || isFailure ? reading.catch(() => undefined) : reading)
    return { status: begun.status, header: begun.header, body: text.value }
  } finally {
    clearTimeout(timer)
  }
}

/** The platform's fetch. `extra`: members of `RequestInit` beyond the standard, such as Bun's `tls` and Deno's `client`. */
export function platformFetch(extra: object = {}): Fetch {
  return (url, request) => {
    const { method, headers, body } = request
    return exchange(request, async (signal) => {
      const init: RequestInit = { method, headers, redirect: 'manual', signal, ...extra }
      const answer = await fetch(url, body === undefined ? init : { ...init, body })
      // Bun refuses an unrequested upgrade itself.
      if (answer.status < 200) throw new BatutaError('no-answer', `status ${answer.status}, which is no answer`)
      return {
        status: answer.status,
        header: (name) => answer.headers.get(name),
        read: (text) => text.readAll(answer.body),
      }
    })
  }
}

/** The first `keep` bytes of a body as text, also of one that is cut off. */
export class BodyText {
  readonly #keep: number
  readonly #decoder = new TextDecoder()
  #text = ''
  #size = 0

  constructor(keep: number) {
    this.#keep = keep
  }

  /** Zero where only the end of the body is awaited. */
  get keep(): number {
    return this.#keep
  }

  get value(): string {
    return this.#text
  }

  /** Up to 128 KiB more are read, so that the connection can be used again. */
  async readAll(body: AsyncIterable<Uint8Array> | null): Promise<void> {
    if (body === null) return
    for await (const chunk of body) {
      const left = this.#keep - this.#size
      if (left > 0) this.#text += this.#decoder.decode(chunk.subarray(0, left), { stream: true })
      this.#size += chunk.byteLength
      if (this.#size > this.#keep + DRAINED) return // drops the connection
    }
  }
}
