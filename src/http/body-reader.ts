import type { Context } from 'hono'
import { parseJson } from '../codec/json.ts'
import type { Parsed } from '../codec/json.ts'
import type { Duration } from '../engine/saga.ts'
import { reasonOf } from '../errors.ts'
import type { Runtime } from '../ports/runtime.ts'
import { BodyBudget, BodyReservation, SMALL_BODY } from './body-budget.ts'
import type { BodyLimits } from './body-budget.ts'
import { BodyStream, readWhole } from './body-stream.ts'
import type { BodyFailure } from './body-stream.ts'
import { codingsOf, isJsonType } from './content-headers.ts'
import { errorResponse } from './error-response.ts'
import type { ErrorStatus } from './error-response.ts'

export interface BodyReaderOptions extends BodyLimits {
  readonly runtime: Runtime
  /** Until a whole body must be there (C1.3 `BODY_TIMEOUT`). */
  readonly bodyTimeout: Duration
}

/** The JSON of a request, with what is to be said of its numbers. */
export type JsonBody = Extract<Parsed, { ok: true }>

/** Reads the bodies of all requests of a process, within the bytes that they may hold together. */
export class BodyReader {
  readonly #options: BodyReaderOptions
  readonly #budget: BodyBudget

  constructor(options: BodyReaderOptions) {
    this.#options = options
    this.#budget = new BodyBudget(options, options.runtime.log)
  }

  /** Answers with `use` of the request's JSON, or with the reason why there is none. Until then the body's bytes count. */
  async with(c: Context, use: (body: JsonBody) => Promise<Response>): Promise<Response> {
    const share = new BodyReservation(this.#budget)
    try {
      const bytes = await this.#read(c, share)
      if (bytes instanceof Response) return bytes
      const read = parse(bytes)
      return read.ok ? await use(read) : errorResponse(c, 400, `the body ${read.why}`)
    } finally {
      share.release()
    }
  }

  /** The body of a request that is refused without it: dropped, so that a client that is still sending gets to read why. */
  async drop(c: Context): Promise<void> {
    const hasBody = c.req.header('content-length') !== undefined || c.req.header('transfer-encoding') !== undefined
    if (!hasBody) return
    const incoming = new BodyStream(c.req.raw.body, this.#options.runtime)
    await this.#drain(incoming)
    if (!incoming.hasEnded) c.header('Connection', 'close')
  }

  async #read(c: Context, share: BodyReservation): Promise<Uint8Array | Response> {
    const { runtime, bodyTimeout: timeout } = this.#options
    const unfit = unsupported(c)
    if (unfit !== undefined) return this.#refuse(c, unfit, share)
    const length = lengthOf(c)
    const missing = length === undefined ? undefined : this.#admit(share, length, length)
    if (missing !== undefined) return this.#refuse(c, this.#refusal(missing), share)
    const onBroken = (thrown: unknown) => this.#tellBroken(c, thrown)
    if (length !== undefined && length <= SMALL_BODY) {
      const bytes = await readWhole(c.req.arrayBuffer(), runtime, { timeout, onBroken })
      return typeof bytes === 'string' ? answer(c, this.#refusal(bytes), true) : bytes
    }
    const admit = (more: number, size: number) => (length === undefined ? this.#admit(share, more, size) : undefined)
    const incoming = new BodyStream(c.req.raw.body, runtime)
    const bytes = await incoming.read({ timeout, admit, onBroken })
    return typeof bytes === 'string' ? this.#refuse(c, this.#refusal(bytes), share, incoming) : bytes
  }

  #admit(share: BodyReservation, more: number, size: number): BodyFailure | undefined {
    if (size > this.#options.bodyLimit) return 'too-large'
    return share.grow(more) ? undefined : 'full'
  }

  /** A client that is still sending gets to read the answer: the rest is read and dropped, within bounds. */
  async #refuse(c: Context, refusal: BodyRefusal, share: BodyReservation, begun?: BodyStream): Promise<Response> {
    share.release()
    const incoming = begun ?? new BodyStream(c.req.raw.body, this.#options.runtime)
    if (refusal.status === 408) incoming.leave()
    else await this.#drain(incoming)
    return answer(c, refusal, !incoming.hasEnded)
  }

  async #drain(incoming: BodyStream): Promise<void> {
    await incoming.drain(this.#options.bodyTimeout)
    incoming.leave()
  }

  #refusal(missing: BodyFailure): BodyRefusal {
    const { bodyLimit, bodyTimeout } = this.#options
    switch (missing) {
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

  /** A client that goes away, or that sends no HTTP, is no fault of this service. */
  #tellBroken(c: Context, thrown: unknown): void {
    const fields = { method: c.req.method, path: c.req.path.slice(0, 200), why: reasonOf(thrown) }
    this.#options.runtime.log.debug('a request body broke off; the request is dropped', fields)
  }
}

interface BodyRefusal {
  readonly status: ErrorStatus
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A connection carries no other request after one that was not read to its end. */
function answer(c: Context, { status, message, headers }: BodyRefusal, isLast: boolean): Response {
  return errorResponse(c, status, message, { ...headers, ...(isLast && { Connection: 'close' }) })
}

function unsupported(c: Context): BodyRefusal | undefined {
  const type = c.req.header('content-type') ?? ''
  if (!isJsonType(type)) {
    return { status: 415, message: `the content type is "${type.slice(0, 100)}"; expected application/json` }
  }
  const [coding] = codingsOf(c.req.header('content-encoding') ?? '')
  if (coding === undefined) return undefined
  const message = `the content encoding is "${coding.slice(0, 100)}"; expected none: the body is sent as it is`
  return { status: 415, message, headers: { 'Accept-Encoding': 'identity' } }
}

/**
 * Bytes of the body, where its head says so: chunks count, whatever else it says (RFC 9112 §6.3). Bun joins a length that was
 * sent twice, `40, 40`; such a body counts as it comes.
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
