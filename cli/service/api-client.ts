import { setTimeout } from 'node:timers/promises'
import { reasonOf } from '../../src/errors.ts'

/** The service that commands talk to. */
export interface ServicePlace {
  /** With the base path, where it has one. */
  readonly url: URL
  /** `API_TOKEN`, or `READ_TOKEN` to read. */
  readonly token?: string | undefined
}

/** A request to the service. */
export interface ServiceRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the base path; its segments are encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** An answer of the service: JSON, or the message of its error. */
export type ServiceAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: number; readonly message: string }

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

  /** Throws where the service does not answer, or answers no JSON. */
  async send(request: ServiceRequest): Promise<ServiceAnswer> {
    for (let send = 1; ; send++) {
      const answer = await this.#fetch(request)
      if (answer.status !== 503 || send === SENDS) return read(answer, this.#place.url)
      await answer.body?.cancel()
      await setTimeout(1_000 * Math.min(LONGEST_WAIT, Number(answer.headers.get('retry-after')) || 1))
    }
  }

  async #fetch({ method = 'GET', path, query = {}, headers, body }: ServiceRequest): Promise<Response> {
    const { url, token } = this.#place
    const target = new URL(`${url.pathname.replace(/\/$/, '')}${path}`, url)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) target.searchParams.set(name, value)
    try {
      return await fetch(target, {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? null : JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER),
      })
    } catch (thrown) {
      throw new Error(`ask the service at ${url.origin}: ${reasonOf(thrown)}`, { cause: thrown })
    }
  }
}

async function read(answer: Response, { origin }: URL): Promise<ServiceAnswer> {
  const text = await answer.text()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error(`ask the service at ${origin}: found the status ${answer.status} without JSON, expected Batuta`)
  }
  if (answer.ok) return { ok: true, value }
  const { message } = (value ?? {}) as { readonly message?: unknown }
  return {
    ok: false,
    status: answer.status,
    message: typeof message === 'string' ? message : `status ${answer.status}`,
  }
}
