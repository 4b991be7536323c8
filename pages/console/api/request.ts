import { contact } from '../live/contact.ts'
import { authorization } from './token.ts'

/** A request to the service. `path` is relative to the page, so that every base path and proxy works. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** JSON text, its digits as they were typed. */
  readonly body?: string | undefined
  readonly signal?: AbortSignal
}

/** An answer of the service, read to its end. */
export interface ApiAnswer {
  readonly status: number
  readonly isOk: boolean
  readonly text: string
  readonly type: string
  readonly retryAfter: string | null
}

/** Sends a request. Throws a `TypeError` where there is no answer. The contact with the service follows from it. */
export async function ask(request: ApiRequest): Promise<ApiAnswer> {
  const answer = await reach(request)
  const text = await answer.text()
  if (answer.status === 401) contact.refuse(request.method)
  const type = answer.headers.get('content-type') ?? ''
  return { status: answer.status, isOk: answer.ok, text, type, retryAfter: answer.headers.get('retry-after') }
}

/** Sends a request and leaves the body to the caller. */
export async function reach({ method, path, headers, body, signal }: ApiRequest): Promise<Response> {
  try {
    const answer = await fetch(path, {
      method,
      redirect: 'error',
      headers: { ...authorization(), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body }),
      ...(signal !== undefined && { signal }),
    })
    contact.answered()
    return answer
  } catch (thrown) {
    if (signal?.aborted !== true) contact.lost()
    throw thrown
  }
}

/** Refusals that pass by themselves: too many requests, and those of a service, or of a proxy before one, that restarts or is busy. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** True for a status after which the same request may be answered. */
export function passes(status: number): boolean {
  return PASSING.has(status)
}

/** The sentence of an error answer. */
export function refusal({ status, text }: Pick<ApiAnswer, 'status' | 'text'>): string {
  const message = messageIn(text)
  return message === undefined ? `The service answered ${status}.` : `${status}: ${message}`
}

function messageIn(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    return typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}
