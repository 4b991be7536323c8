import { DEFAULTS } from '../../../src/defaults.ts'
import { BatutaError, reasonOf, withoutUrl } from '../../../src/errors.ts'
import type { Fetch, OutwardAnswer } from '../../../src/ports/runtime.ts'
import { adviceFor, adviceOn, messageIn } from './failure.ts'

/** Settings of saga.json (C2.4), secrets still sealed. */
export interface CrudSettings {
  readonly protocol: 'http' | 'https'
  readonly host: string
  readonly port: number
  /** As written in the service's path. */
  readonly collectionName: string
  readonly headers: Readonly<Record<string, { reveal(): string }>>
  /** Milliseconds. Default: those of every outward exchange. */
  readonly timeouts?: { readonly connect: number; readonly answer: number } | undefined
}

/** One request to the CRUD Service. */
export interface CrudRequest {
  /** The action, for messages. */
  readonly action: string
  readonly method: 'GET' | 'POST' | 'PATCH'
  /** Path after the collection's own: `bulk`. */
  readonly path?: string
  /** Path of the service itself, in place of the collection's. */
  readonly place?: string
  readonly query?: Readonly<Record<string, string | number>>
  readonly body?: string
  /** Instant (`performance.now()`) by which the answer must be there. Default: the time-out from now on. */
  readonly until?: number | undefined
  readonly keep?: number
}

/**
 * Bytes of request line and headers that the service accepts (it answers 431 at 16 KiB), minus those of usual headers.
 */
const ROOM = 13_000
const USUAL_HEADERS = 500
const LEAST_ROOM = 2_000
/** Bytes of an answer that are read: a document has at most 16 MiB, its JSON may be longer. */
const KEEP = 64 * 1024 * 1024

/** A client of one collection of the service. Every status is an answer; a missing answer throws. */
export class CrudClient {
  /** Bytes available for path and query. */
  readonly room: number
  readonly #fetch: Fetch
  readonly #origin: string
  readonly #base: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #timeouts: { readonly connect: number; readonly answer: number }

  constructor({ protocol, host, port, collectionName, headers, timeouts }: CrudSettings, fetch: Fetch) {
    const collection = collectionName.split('/').filter((part) => part !== '')
    this.#fetch = fetch
    this.#origin = `${protocol}://${host}:${port}`
    this.#base = `/${collection.map(encodeURIComponent).join('/')}/`
    this.#headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.reveal()]),
    )
    this.#timeouts = timeouts ?? { connect: DEFAULTS.connect, answer: DEFAULTS.answer }
    const given = Object.entries(this.#headers).reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
    this.room = Math.max(LEAST_ROOM, ROOM - Math.max(0, given - USUAL_HEADERS))
  }

  /** Instant by which a call made now must have its answer. */
  until(): number {
    return performance.now() + this.#timeouts.answer
  }

  /** Least milliseconds that make a request worth sending. */
  get least(): number {
    return this.#timeouts.answer / 10
  }

  /** Address of the collection, for messages. */
  get address(): string {
    return this.#origin + this.#base
  }

  pathOf({ path = '', query = {}, place }: Pick<CrudRequest, 'path' | 'query' | 'place'>): string {
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    return `${place ?? this.#base + path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`
  }

  async ask(request: CrudRequest): Promise<OutwardAnswer> {
    const { method, body, until = this.until(), keep = KEEP } = request
    const headers = body === undefined ? this.#headers : { ...this.#headers, 'content-type': 'application/json' }
    const { connect } = this.#timeouts
    const answer = Math.max(1, until - performance.now())
    const url = this.#origin + this.pathOf(request)
    try {
      return await this.#fetch(url, { method, headers, body, timeouts: { connect, answer }, keep })
    } catch (thrown) {
      const why = this.#redact([url, new URL(url).href].reduce(withoutUrl, reasonOf(thrown)))
      throw new BatutaError(
        'store-unavailable',
        `${this.#place(request)}: no answer (${why}): ${adviceOn(why)}`,
        thrown,
      )
    }
  }

  /** JSON of the answer; throws where it is an error or no JSON. */
  async json(request: CrudRequest): Promise<unknown> {
    return (await this.read(request)).value
  }

  /** JSON of the answer, and the service's time where it tells one. */
  async read(request: CrudRequest): Promise<{ value: unknown; date: number | undefined }> {
    const answer = await this.ask(request)
    if (answer.status !== 200) throw this.refused(request, answer)
    const date = Date.parse(answer.header('date') ?? '')
    try {
      return { value: JSON.parse(answer.body), date: Number.isNaN(date) ? undefined : date }
    } catch (thrown) {
      const cut = answer.body.length * 3 >= (request.keep ?? KEEP)
      const what = cut ? 'an answer that is too long' : 'an answer that is no JSON: is it the CRUD Service?'
      throw new BatutaError(cut ? 'store-unusable' : 'store-unavailable', `${this.#place(request)}: ${what}`, thrown)
    }
  }

  /** An error answer as an error of ours: what was asked, what came back, what to do. */
  refused(request: CrudRequest, { status, body }: OutwardAnswer): BatutaError {
    const said = this.#redact(messageIn(body)).slice(0, 300)
    const what = `answered ${status}${said === '' ? '' : ` (${said})`}`
    return new BatutaError('store-unavailable', `${this.#place(request)}: ${what}${adviceFor(status)}`)
  }

  /** Without the query, which is long and made of ids. */
  #place({ action, method, path = '', place = this.#base + path }: CrudRequest): string {
    return `${action} in the store "crud": ${method} ${this.#origin}${place}`
  }

  /** A service or its gateway may repeat what it was sent (C2.6). */
  #redact(text: string): string {
    const values = Object.values(this.#headers).filter((value) => value !== '')
    const longestFirst = values.toSorted((one, other) => other.length - one.length)
    return longestFirst.reduce((clean, value) => clean.replaceAll(value, '[redacted]'), text)
  }
}
