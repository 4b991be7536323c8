import { setTimeout } from 'node:timers/promises'
import { reasonOf } from '../../src/errors.ts'
import { exchange } from './exchange.ts'
import type { WholeAnswer } from './exchange.ts'
import { printable } from './printable.ts'

/** The service that commands talk to. */
export interface ServicePlace {
  /** With the base path, where it has one. */
  readonly url: URL
  /** `API_TOKEN`, or `READ_TOKEN` to read. */
  readonly token?: string | undefined
  /** Tells a person why an answer takes long. */
  readonly notice: (text: string) => void
}

/** A request to the service. */
export interface ServiceRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the base path; its segments are encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  /** JSON text. */
  readonly body?: string | undefined
}

/** An answer of the service, or the reason why there is none. */
export type ServiceAnswer = { readonly ok: true; readonly value: unknown } | ServiceFailure

/** A refusal of the service. `status` is 0 where it did not answer, or the answer is not one of Batuta. */
export interface ServiceFailure {
  readonly ok: false
  readonly status: number
  readonly message: string
}

/** Milliseconds until a request has its answer; the service answers within 10 s. */
const ANSWER = 30_000
/** Sends of one request that the service puts off with 503. */
const SENDS = 4
/** Longest wait between two sends, in seconds. */
const LONGEST_WAIT = 10

/** Requests to one service over HTTP. A 503 is sent again: a change has an idempotency key, so that it happens once. */
export class ApiClient {
  readonly #place: ServicePlace

  constructor(place: ServicePlace) {
    this.#place = place
  }

  /** Never throws. */
  async send(request: ServiceRequest): Promise<ServiceAnswer> {
    try {
      for (let send = 1; ; send++) {
        const answered = await exchange({ ...this.#requestOf(request), within: ANSWER })
        const answer = read(answered, this.#place.url.origin)
        if (answered.status !== 503 || answer.ok || send === SENDS) return answer
        const wait = Math.min(LONGEST_WAIT, answered.retryAfter || 1)
        this.#place.notice(`${answer.message}; sent again in ${wait} s\n`)
        await setTimeout(1_000 * wait)
      }
    } catch (thrown) {
      return { ok: false, status: 0, message: `ask the service at ${this.#place.url.origin}: ${reasonOf(thrown)}` }
    }
  }

  /** An answer that is read as it comes, or the reason why there is none. Never throws. */
  async open(request: ServiceRequest): Promise<Response | ServiceFailure> {
    try {
      const { url, body, ...rest } = this.#requestOf(request)
      const response = await fetch(url, { ...rest, body: body ?? null, redirect: 'error' })
      if (response.ok) return response
      const { status } = response
      const answer = read({ status, text: await response.text() }, url.origin)
      return answer.ok ? { ok: false, status: response.status, message: 'the service refuses' } : answer
    } catch (thrown) {
      return { ok: false, status: 0, message: `ask the service at ${this.#place.url.origin}: ${reasonOf(thrown)}` }
    }
  }

  /** Tells a person why an answer takes long. */
  notice(text: string): void {
    this.#place.notice(text)
  }

  #requestOf({ method = 'GET', path, query = {}, headers, body }: ServiceRequest) {
    const { url, token } = this.#place
    const target = new URL(`${url.pathname.replace(/\/$/, '')}${path}`, url)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) target.searchParams.set(name, value)
    return {
      url: target,
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body,
    }
  }
}

/** The reason of a failure on one line, with the status and the remedy. */
export function failureText({ status, message }: ServiceFailure): string {
  const remedy = status === 401 ? '; set API_TOKEN, or give --token' : ''
  return `${printable(message)}${status === 0 ? '' : ` (${status})`}${remedy}`
}

/** `origin`: of the service that answered. */
function read({ status, text }: Pick<WholeAnswer, 'status' | 'text'>, origin: string): ServiceAnswer {
  const value = parsed(text)
  if (value === undefined || value === null || isRedirect(status)) {
    const found = isRedirect(status) ? `the redirect ${status}` : `the status ${status} without JSON`
    const message = `ask the service at ${origin}: found ${found}, expected Batuta; check --url and its base path`
    return { ok: false, status: 0, message }
  }
  if (status >= 200 && status < 300) return { ok: true, value }
  const { message } = value as { readonly message?: unknown }
  return { ok: false, status, message: typeof message === 'string' ? message : `the service refuses` }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}
