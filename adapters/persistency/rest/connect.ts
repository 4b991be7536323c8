import { DEFAULTS } from '../../../src/defaults.ts'
import { BatutaError, reasonOf, unreadableSaga, withoutSecrets, withoutUrl } from '../../../src/errors.ts'
import type { Health } from '../../../src/ports/health.ts'
import type { Fetch, OutwardAnswer, OutwardRequest } from '../../../src/ports/runtime.ts'
import { decodeAnswer } from './document.ts'
import type { AnsweredDocument } from './document.ts'
import { adviceFor, adviceOn, ELSEWHERE, MISLED, REFUSED, TAKEN, UNKEPT } from './failure.ts'

/** Settings of saga.json (C2.4), secrets still sealed. */
export interface RestPersistencySettings {
  readonly protocol: 'http' | 'https'
  readonly endpoint: string
  readonly port?: number | undefined
  /** Method of the upsert. */
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, { reveal(): string }>>
}

/** A document and its tag. Without a strong tag no write can be conditional on it. */
export interface TaggedDocument extends AnsweredDocument {
  readonly tag: string | undefined
}

/** The service's answer to a write. */
export type PutAnswer =
  | { readonly kind: 'taken'; readonly status: number; readonly tag: string | undefined }
  /** The condition does not hold. */
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'too-large' }

/** A request, as messages name it. */
interface RequestParts {
  readonly method: string
  readonly place: string
}

/** Bytes of an answer that are read, with room for a service that indents its JSON. */
const KEPT = 64 * 1024 * 1024
const TIMEOUTS = { connect: DEFAULTS.connect, answer: DEFAULTS.answer }
const READ = { accept: 'application/json', 'cache-control': 'no-cache' }
/** Milliseconds for which a probe reports a write that would have been refused for any saga: a probe cannot write. */
const REMEMBERED = 10_000

/** A client of the two routes of C6.1. Throws `store-unavailable` where an answer says nothing about the document. */
export class RestClient {
  readonly #fetch: Fetch
  readonly #base: string
  readonly #method: string
  readonly #headers: Readonly<Record<string, string>>
  /** True once a write was taken. */
  #hasTaken = false
  /** Sagas that were refused since the last accepted write: two count as many. */
  readonly #misled = new Set<string>()
  #unwritable: { readonly why: string; readonly until: number } | undefined

  constructor({ protocol, endpoint, port, path, method, headers }: RestPersistencySettings, fetch: Fetch) {
    this.#fetch = fetch
    this.#base = `${protocol}://${endpoint}${port === undefined ? '' : `:${port}`}${withoutSlashes(path)}`
    this.#method = method
    this.#headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.reveal()]),
    )
  }

  async read(id: string): Promise<TaggedDocument | undefined> {
    const place = placeOf(id)
    if (place === undefined) return undefined
    const answer = await this.#ask('GET', place, { headers: READ, keep: KEPT })
    if (answer.status === 404) return undefined
    if (answer.status !== 200) throw this.#refused('GET', place, answer.status)
    const value = this.#parse(answer.body, place)
    const told = decodeAnswer(value, id)
    if (told.ok) return { ...told.value, tag: strongTag(answer) }
    const what = `JSON that is not a saga (C6.1): ${told.why}`
    if (isOfOurs(value)) throw unreadableSaga('rest', id, `the service answered ${what}`)
    throw this.#no({ method: 'GET', place }, `${what}${ELSEWHERE}`)
  }

  /** An upsert, conditional on a tag, on absence, or on nothing where the service has no tags. */
  async put(id: string, body: string, condition: Readonly<Record<string, string>>): Promise<PutAnswer> {
    const place = placeOf(id)
    if (place === undefined)
      throw this.#no({ method: this.#method, place: id }, 'not sent, since this id has no address')
    const headers = { ...condition, 'content-type': 'application/json' }
    const answer = await this.#ask(this.#method, place, { headers, keep: 0, body })
    const { status } = answer
    if (TAKEN.has(status)) {
      this.#noteTaken()
      return { kind: 'taken', status, tag: strongTag(answer) }
    }
    if (REFUSED.has(status)) return { kind: 'refused', status }
    if (status === 413) return { kind: 'too-large' }
    throw this.#unwritten(this.#refused(this.#method, place, status), id, status)
  }

  /** Reads a saga that need not exist. */
  async probe(): Promise<Health> {
    try {
      await this.read('batuta-probe')
    } catch (thrown) {
      return { ok: false, why: reasonOf(thrown) }
    }
    const { why, until } = this.#unwritable ?? { why: '', until: 0 }
    return performance.now() < until ? { ok: false, why } : { ok: true }
  }

  /** The error for a write that is never taken; its fate is unknown to the caller. */
  never(id: string, status: number): BatutaError {
    const what = TAKEN.has(status) ? UNKEPT : `although no other writer came between${adviceFor(status)}`
    return this.#unwritten(
      this.#no({ method: this.#method, place: placeOf(id) ?? id }, `status ${status}, ${what}`),
      id,
      status,
    )
  }

  /**
   * Notes a refused write. Where writes were accepted before, one refused saga is its own trouble, not the service's: a
   * firewall may dislike its words, and other sagas must not wait (P20).
   */
  #unwritten(error: BatutaError, id: string, status: number): BatutaError {
    if (!MISLED.has(status)) return error
    if (this.#misled.size < 2) this.#misled.add(id)
    const isAll = !this.#hasTaken || this.#misled.size > 1
    if (isAll) this.#unwritable = { why: error.message, until: performance.now() + REMEMBERED }
    return error
  }

  #noteTaken(): void {
    this.#hasTaken = true
    this.#misled.clear()
    this.#unwritable = undefined
  }

  #refused(method: string, place: string, status: number): BatutaError {
    return this.#no({ method, place }, `status ${status}${adviceFor(status)}`)
  }

  async #ask(
    method: string,
    place: string,
    { headers, ...request }: Pick<OutwardRequest, 'headers' | 'keep' | 'body'>,
  ): Promise<OutwardAnswer> {
    try {
      const all = { ...this.#headers, ...headers }
      return await this.#fetch(`${this.#base}/${place}`, { ...request, method, headers: all, timeouts: TIMEOUTS })
    } catch (thrown) {
      const why = [this.#base, new URL(this.#base).href].reduce(withoutUrl, reasonOf(thrown)) // a host's error may repeat the URL
      throw this.#no({ method, place }, `no answer (${why})${adviceOn(why)}`, thrown)
    }
  }

  #parse(body: string, place: string): unknown {
    try {
      return JSON.parse(body)
    } catch (thrown) {
      throw this.#no({ method: 'GET', place }, `${body.length} characters that are no JSON${ELSEWHERE}`, thrown)
    }
  }

  #no({ method, place }: RequestParts, what: string, cause?: unknown): BatutaError {
    return new BatutaError(
      'store-unavailable',
      `the store "rest": ${method} ${withoutSecrets(this.#base)}/${place}: ${what}`,
      cause,
    )
  }
}

/** The strong tag of an answer: a weak one may stand for several documents, so it guards none (C6.4). */
function strongTag(answer: OutwardAnswer): string | undefined {
  const tag = answer.header('etag') ?? ''
  return /^"[^"]*"$/.test(tag) ? tag : undefined
}

/**
 * The path segment of an id; `undefined` where it has none: dots mean folders, and halves of surrogate pairs have no bytes.
 */
function placeOf(id: string): string | undefined {
  if (id === '' || id === '.' || id === '..' || !id.isWellFormed()) return undefined
  return encodeURIComponent(id)
}

/** True where our key is in its history, so that it is not a gateway's own answer. */
function isOfOurs(value: unknown): boolean {
  const { history } = (value ?? {}) as { history?: { writeId?: unknown } | null }
  return typeof history?.writeId === 'string'
}

/** The path without its trailing slashes. A loop, since a pattern that looks for the end takes quadratic time. */
function withoutSlashes(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}
