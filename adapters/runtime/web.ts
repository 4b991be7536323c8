import { BatutaError } from '../../src/errors.ts'
import type { Fetch, Fields, Log, LogLevel, OutwardAnswer, OutwardRequest, Runtime } from '../../src/ports/runtime.ts'
import { LOG_CODES } from '../../src/ports/log-codes.ts'
import { LOG_LEVELS } from '../../src/ports/runtime.ts'

/** What every web-standard host lends; the four runtime adapters add what is theirs. */
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

/** One JSON object a line, on standard output, errors included: containers and edge consoles read it as it is. */
export function consoleLog(level: LogLevel, write: (line: string) => void): Log {
  const least = LOG_LEVELS.indexOf(level)
  const at = (name: LogLevel) => {
    if (LOG_LEVELS.indexOf(name) < least) return () => undefined
    return (msg: string, fields?: Fields) =>
      write(JSON.stringify({ level: name, time: new Date().toISOString(), msg, ...fields }))
  }
  const line: Log['write'] = (code, fields, level = LOG_CODES[code].level) => {
    if (LOG_LEVELS.indexOf(level) < least) return
    write(JSON.stringify({ level, time: new Date().toISOString(), code, msg: LOG_CODES[code].words, ...fields }))
  }
  return { write: line, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

const POOL = new Uint32Array(256)
let used = POOL.length

/** Uniform in [0, 1) with 53 bits of the platform's own randomness, drawn in bulk. */
function random(): number {
  if (used + 2 > POOL.length) {
    crypto.getRandomValues(POOL)
    used = 0
  }
  const high = (POOL[used++] ?? 0) >>> 5
  const low = (POOL[used++] ?? 0) >>> 6
  return (high * 67_108_864 + low) / 9_007_199_254_740_992
}

/** Bytes of an unwanted body that are read at most. */
export const DRAINED: number = 128 * 1024

/** An answer whose body is still to be read. */
interface Begun {
  readonly status: number
  readonly header: OutwardAnswer['header']
  /** The first `keep` bytes of the body. */
  readonly read: () => Promise<string>
}

/**
 * One exchange within its time-out. A timer of our own ends it, whether the client obeys its signal or not: a send that never
 * ended would keep its place in the outbox and hold up a stop. Connecting has no time-out of its own here.
 */
export async function exchange(
  { timeouts, keep }: Pick<OutwardRequest, 'timeouts' | 'keep'>,
  begin: (signal: AbortSignal) => Promise<Begun>,
): Promise<OutwardAnswer> {
  const abort = new AbortController()
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const error = new BatutaError('no-answer', `no answer within ${Math.round(timeouts.answer)} ms`)
    reject(error)
    abort.abort(error) // the connection goes with it
  }, timeouts.answer)
  try {
    const begun = await Promise.race([begin(abort.signal), late])
    const reading = Promise.race([begun.read(), late])
    // Where only the status is wanted, it is the answer, whatever becomes of the rest.
    const body = await (keep === 0 ? reading.catch(() => '') : reading)
    return { status: begun.status, header: begun.header, body }
  } finally {
    clearTimeout(timer)
  }
}

/** The platform's own fetch, with whatever its host takes beside the standard: `tls`, `client`. */
export function platformFetch(extra: object = {}): Fetch {
  return (url, request) => {
    const { method, headers, body, keep } = request
    return exchange(request, async (signal) => {
      const init: RequestInit = { method, headers, redirect: 'manual', signal, ...extra }
      const answer = await fetch(url, body === undefined ? init : { ...init, body })
      // Bun refuses an unasked upgrade by itself.
      if (answer.status < 200) throw new BatutaError('no-answer', `status ${answer.status}, which is no answer`)
      return {
        status: answer.status,
        header: (name) => answer.headers.get(name),
        read: () => bounded(answer.body, keep),
      }
    })
  }
}

/** The first `keep` bytes as text; some of the rest is read too, so that the connection can be used again. */
export async function bounded(body: AsyncIterable<Uint8Array> | null, keep: number): Promise<string> {
  if (body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of body) {
    if (size < keep) text += decoder.decode(chunk.subarray(0, keep - size), { stream: true })
    size += chunk.byteLength
    if (size > keep + DRAINED) break // the rest is dropped with its connection
  }
  return text
}
