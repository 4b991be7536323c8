import { DEFAULTS } from '../../../src/defaults.ts'
import { BatutaError, reasonOf, unreadableSaga, withoutSecrets, withoutUrl } from '../../../src/errors.ts'
import type { Health } from '../../../src/ports/health.ts'
import type { Fetch, OutwardAnswer, OutwardRequest } from '../../../src/ports/runtime.ts'
import { decodeAnswer } from './document.ts'
import type { AnsweredDocument } from './document.ts'

/** What a saga.json says of a REST persistency (C2.4), secrets still closed. */
export interface RestPersistencySettings {
  readonly protocol: 'http' | 'https'
  readonly endpoint: string
  readonly port?: number | undefined
  /** Of the upsert. */
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, { reveal(): string }>>
}

/** A document as the service has it. Without a strong tag no write can be conditional on it. */
export interface TaggedDocument extends AnsweredDocument {
  readonly tag: string | undefined
}

export type PutAnswer =
  | { readonly kind: 'taken'; readonly status: number; readonly tag: string | undefined }
  /** It is not, or no longer, what the condition says. */
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'too-large' }

/** Bytes of an answer that are read: some room for a service that writes its JSON with blanks. */
const KEPT = 64 * 1024 * 1024
const TIMEOUTS = { connect: DEFAULTS.connect, answer: DEFAULTS.answer }
const READ = { accept: 'application/json', 'cache-control': 'no-cache' }
/** So many ms a probe tells of a write that would have been refused whatever its saga: nobody can write just to see. */
const REMEMBERED = 10_000

/** The two routes of C6.1, over HTTP. Throws `store-unavailable` where an answer says nothing about the document. */
export class RestClient {
  readonly #fetch: Fetch
  readonly #base: string
  readonly #method: string
  readonly #headers: Readonly<Record<string, string>>
  /** The last write, where it was one that no saga's could have been; until when (`performance.now()`) that is told. */
  #hasTaken = false
  /** Sagas that were not let in since the last write that was taken: two are as good as many. */
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
    if (told === undefined && isOfOurs(value))
      throw unreadableSaga('rest', id, 'the service answered JSON that is no saga (C6.1)')
    if (told === undefined) throw this.#no('GET', place, `JSON that is no saga (C6.1)${ELSEWHERE}`)
    return { ...told, tag: strongTag(answer) }
  }

  /** An upsert on condition of a tag, or that there is nothing yet; or of nothing at all, where the service has no tags. */
  async put(id: string, body: string, condition: Readonly<Record<string, string>>): Promise<PutAnswer> {
    const place = placeOf(id)
    if (place === undefined) throw this.#no(this.#method, id, 'not asked, since no address can be made of this id')
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

  /** Any saga would do, whether it is there or not. */
  async probe(): Promise<Health> {
    try {
      await this.read('batuta-probe')
    } catch (thrown) {
      return { ok: false, why: reasonOf(thrown) }
    }
    const { why, until } = this.#unwritable ?? { why: '', until: 0 }
    return performance.now() < until ? { ok: false, why } : { ok: true }
  }

  /** Why a write that is never taken is given up; its fate is unknown to whoever asked. */
  never(id: string, status: number): BatutaError {
    const what = TAKEN.has(status) ? UNKEPT : `although nobody else has written in between${adviceFor(status)}`
    return this.#unwritten(this.#no(this.#method, placeOf(id) ?? id, `status ${status}, ${what}`), id, status)
  }

  /**
   * Where a write was ever taken, one saga that is not let in is that saga's own trouble, not the service's: a firewall may
   * dislike its words, and everybody else's events must not wait for it (P20).
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
    return this.#no(method, place, `status ${status}${adviceFor(status)}`)
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
      const why = [this.#base, new URL(this.#base).href].reduce(withoutUrl, reasonOf(thrown)) // a host may repeat it
      throw this.#no(method, place, `no answer (${why})${adviceOn(why)}`, thrown)
    }
  }

  #parse(body: string, place: string): unknown {
    try {
      return JSON.parse(body)
    } catch (thrown) {
      throw this.#no('GET', place, `${body.length} characters that are no JSON${ELSEWHERE}`, thrown)
    }
  }

  #no(method: string, place: string, what: string, cause?: unknown): BatutaError {
    return new BatutaError(
      'store-unavailable',
      `the store "rest": ${method} ${withoutSecrets(this.#base)}/${place}: ${what}`,
      cause,
    )
  }
}

/** Not 202: who has only accepted a document may still lose it (I1). */
const TAKEN: ReadonlySet<number> = new Set([200, 201, 204])
/** 404 and 409: not every service says 412 where a document is gone or there already. 428 wants the tag that a read gives. */
const REFUSED: ReadonlySet<number> = new Set([404, 409, 412, 428])

/** Not about a saga, but about who asks, where and how. */
const MISLED: ReadonlySet<number> = new Set([401, 403, 404, 405, 501])
const UNKEPT = 'but the saga is as it was; does something before the service answer in its place?'
const ELSEWHERE = '; are "endpoint", "port" and "path" those of the service that keeps sagas?'

/** What to do where nothing came back. */
function adviceOn(why: string): string {
  if (/certificate/i.test(why)) return '; the certificate of the service must be one that this host trusts'
  return '; is the service at this protocol, endpoint and port, and does it run?'
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403) return '; its "headers" in the configuration do not let this service in'
  if (MISLED.has(status)) return '; are "method" and "path" those of its upsert?'
  if (status >= 300 && status < 400) return `; it points elsewhere, which is not followed${ELSEWHERE}`
  return status >= 500 ? '; the service is not well, its log says more' : ''
}

/** A weak tag may stand for more than one document, so it protects none (C6.4). */
function strongTag(answer: OutwardAnswer): string | undefined {
  const tag = answer.header('etag') ?? ''
  return /^"[^"]*"$/.test(tag) ? tag : undefined
}

/** Nothing where an id has no address of its own: dots mean folders, and halves of surrogate pairs have no bytes. */
function placeOf(id: string): string | undefined {
  if (id === '' || id === '.' || id === '..' || !id.isWellFormed()) return undefined
  return encodeURIComponent(id)
}

/** A word of ours stands in its history: not what a gateway answers in the place of the service. */
function isOfOurs(value: unknown): boolean {
  const { history } = (value ?? {}) as { history?: { writeId?: unknown } | null }
  return typeof history?.writeId === 'string'
}

/** A path less the slashes at its end. Not by a pattern: one that looks for the end takes quadratic time. */
function withoutSlashes(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}
