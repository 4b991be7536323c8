import type { Context } from 'hono'
import { parseJson } from '../codec/json.ts'
import type { Parsed } from '../codec/json.ts'
import { reasonOf } from '../errors.ts'
import type { Runtime } from '../ports/runtime.ts'
import { BodyBudget, BodyReservation, SMALL_BODY } from './body-budget.ts'
import type { BodyLimits } from './body-budget.ts'
import { BodyStream, readWhole } from './body-stream.ts'
import type { BodyFailure } from './body-stream.ts'
import { codingsOf, isJsonType } from './content-headers.ts'
import type { RequestIds } from './request-id.ts'
import { errorResponse } from './error-response.ts'
import type { ErrorStatus } from './error-response.ts'

/** Options of `BodyReader`. */
export interface BodyReaderOptions extends BodyLimits {
  readonly runtime: Runtime
  readonly ids: RequestIds
}

/** The JSON of a request, and its numbers that no double holds. */
export type JsonBody = Extract<Parsed, { ok: true }>

/** Reads the bodies of all requests of a process. Together they hold at most `BODIES_LIMIT` bytes. */
export class BodyReader {
  readonly #options: BodyReaderOptions
  readonly #budget: BodyBudget

  constructor(options: BodyReaderOptions) {
    this.#options = options
    this.#budget = new BodyBudget(options, options.runtime)
  }

  /** Resolves with `use` of the body's JSON, or with an error for the client. The body's bytes count until then. */
  async read<T>(c: Context, use: (c: Context, body: JsonBody) => Promise<T>): Promise<T | Response> {
    const reservation = new BodyReservation(this.#budget)
    try {
      return await this.#use(c, await this.#read(c, reservation, unsupportedBody(c)), use)
    } finally {
      reservation.release()
    }
  }

  /** The same where the body may be absent or empty: some clients send an empty body in chunks, without a type. */
  async readOptional<T>(c: Context, use: (c: Context, body?: JsonBody) => Promise<T>): Promise<T | Response> {
    if (!hasBody(c)) return use(c)
    const reservation = new BodyReservation(this.#budget)
    try {
      const isUntyped = c.req.header('content-type') === undefined
      const bytes = await this.#read(c, reservation, isUntyped ? undefined : unsupportedBody(c))
      if (bytes instanceof Response) return bytes
      if (bytes.length === 0) return await use(c)
      const unsupported = isUntyped ? unsupportedBody(c) : undefined
      return unsupported === undefined ? await this.#use(c, bytes, use) : answer(c, unsupported, false)
    } finally {
      reservation.release()
    }
  }

  async #use<T>(
    c: Context,
    bytes: Uint8Array | Response,
    use: (c: Context, body: JsonBody) => Promise<T>,
  ): Promise<T | Response> {
    if (bytes instanceof Response) return bytes
    const body = parse(bytes)
    return body.ok ? await use(c, body) : errorResponse(c, 400, `the body ${body.why}`)
  }

  /** Drops the body of a request that is refused unread, so that a client that still sends reads the answer. */
  async drop(c: Context): Promise<void> {
    const hasBody = c.req.header('content-length') !== undefined || c.req.header('transfer-encoding') !== undefined
    if (!hasBody) return
    const stream = new BodyStream(c.req.raw.body, this.#options.runtime)
    await this.#drain(stream)
    if (!stream.hasEnded) c.header('Connection', 'close')
  }

  async #read(
    c: Context,
    reservation: BodyReservation,
    unsupported: BodyRefusal | undefined,
  ): Promise<Uint8Array | Response> {
    const { runtime, bodyTimeout: timeout } = this.#options
    if (unsupported !== undefined) return this.#refuse(c, unsupported, { reservation })
    const length = lengthOf(c)
    const failure = length === undefined ? undefined : this.#admit(reservation, length, length)
    if (failure !== undefined) return this.#refuse(c, this.#refusal(failure), { reservation })
    const onBroken = (thrown: unknown) => this.#logBroken(c, thrown)
    if (length !== undefined && length <= SMALL_BODY) {
      const bytes = await readWhole(c.req.arrayBuffer(), runtime, { timeout, onBroken })
      return typeof bytes === 'string' ? answer(c, this.#refusal(bytes), true) : bytes
    }
    const admit = (more: number, size: number) =>
      length === undefined ? this.#admit(reservation, more, size) : undefined
    const stream = new BodyStream(c.req.raw.body, runtime)
    const bytes = await stream.read({ timeout, admit, onBroken })
    return typeof bytes === 'string' ? this.#refuse(c, this.#refusal(bytes), { reservation, stream }) : bytes
  }

  #admit(reservation: BodyReservation, more: number, size: number): BodyFailure | undefined {
    if (size > this.#options.bodyLimit) return 'too-large'
    return reservation.grow(more) ? undefined : 'full'
  }

  /** Answers with an error. The rest of the body is read and dropped first, within limits, so that the client reads the answer. */
  async #refuse(c: Context, refusal: BodyRefusal, { reservation, stream }: RefusedBody): Promise<Response> {
    reservation.release()
    const rest = stream ?? new BodyStream(c.req.raw.body, this.#options.runtime)
    if (refusal.status === 408) rest.cancel()
    else await this.#drain(rest)
    return answer(c, refusal, !rest.hasEnded)
  }

  async #drain(stream: BodyStream): Promise<void> {
    await stream.drain(this.#options.bodyTimeout)
    stream.cancel()
  }

  #refusal(failure: BodyFailure): BodyRefusal {
    const { bodyLimit, bodyTimeout } = this.#options
    switch (failure) {
      case 'too-large':
        return { status: 413, message: `the body is larger than ${bodyLimit} bytes` }
      case 'late':
        return { status: 408, message: `the body was not there after ${bodyTimeout} ms; send it again` }
      case 'full':
        return { status: 503, message: 'the bodies under way take all the memory that they may; send it again' }
      case 'broken':
        return { status: 400, message: 'the body broke off, or its chunks are malformed' }
    }
  }

  /** Logged at `debug`: a client that disconnects, or sends malformed HTTP, is no fault of this service. */
  #logBroken(c: Context, thrown: unknown): void {
    const { ids, runtime } = this.#options
    const fields = { reqId: ids.of(c), method: c.req.method, path: c.req.path.slice(0, 200), why: reasonOf(thrown) }
    runtime.log.write('request.broken', fields)
  }
}

/** False for a request without a body, or with an empty one of a known length. */
function hasBody(c: Context): boolean {
  if (c.req.header('transfer-encoding') !== undefined) return true
  const length = c.req.header('content-length')
  return length === undefined ? c.req.header('content-type') !== undefined && c.req.raw.body !== null : length !== '0'
}

interface BodyRefusal {
  readonly status: ErrorStatus
  readonly message: string
  /** The header `Accept-Encoding` of the answer (RFC 9110 §12.5.3). */
  readonly acceptEncoding?: string
}

interface RefusedBody {
  readonly reservation: BodyReservation
  /** Absent where nothing of the body was read. */
  readonly stream?: BodyStream
}

/** After a body that was not read to its end, the connection cannot carry another request. */
function answer(c: Context, { status, message, acceptEncoding }: BodyRefusal, isLast: boolean): Response {
  if (acceptEncoding !== undefined) c.header('Accept-Encoding', acceptEncoding)
  if (isLast) c.header('Connection', 'close')
  return errorResponse(c, status, message)
}

function unsupportedBody(c: Context): BodyRefusal | undefined {
  const type = c.req.header('content-type') ?? ''
  if (!isJsonType(type)) {
    return { status: 415, message: `the content type is "${type.slice(0, 100)}"; expected application/json` }
  }
  const [coding] = codingsOf(c.req.header('content-encoding') ?? '')
  if (coding === undefined) return undefined
  const message = `the content encoding is "${coding.slice(0, 100)}"; expected none: the body is sent as it is`
  return { status: 415, message, acceptEncoding: 'identity' }
}

/**
 * The bytes of the body by its `content-length`; `undefined` for a chunked body, which overrides the length (RFC 9112 §6.3).
 * Bun joins a length that was sent twice as `40, 40`; such a body is counted as it arrives.
 */
function lengthOf(c: Context): number | undefined {
  const length = c.req.header('content-length') ?? ''
  return /^\d+$/.test(length) && c.req.header('transfer-encoding') === undefined ? Number(length) : undefined
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })

function parse(bytes: Uint8Array): Parsed {
  let text: string
  try {
    text = UTF8.decode(bytes)
  } catch {
    return { ok: false, why: 'is not UTF-8' }
  }
  return parseJson(text)
}
