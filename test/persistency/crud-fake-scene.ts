import { expect } from 'vitest'
import type { CrudService } from '../fakes/crud-service.ts'

/* Requests to the fake without the adapter, so that the two cannot share a mistake. */

export interface FakeAnswer {
  readonly status: number
  readonly body: unknown
}

export async function ask(service: CrudService, method: string, path: string, body?: unknown): Promise<FakeAnswer> {
  const payload = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  const headers = { 'content-type': 'application/json', userid: 'tester' }
  const answer = await fetch(`${service.url}${path}`, { method, headers, ...payload })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

/** A query string; `_q` is given as an object. */
export function query(params: Record<string, unknown>): string {
  const pairs = Object.entries(params).map(([name, value]) => {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value as string | number)
    return `${name}=${encodeURIComponent(text)}`
  })
  return `?${pairs.join('&')}`
}

export function saga(sagaId: string, events: number, more: object = {}): object {
  const history = { states: [], events: Array.from({ length: events }, (_, n) => ({ event: `e${n}` })), ...more }
  return { sagaId, currentState: 'open', metadata: {}, history }
}

export async function idsFound(service: CrudService, params: Record<string, unknown>): Promise<string[]> {
  const { status, body } = await ask(service, 'GET', query(params))
  expect(status, JSON.stringify(params)).toBe(200)
  return (body as { sagaId: string }[]).map(({ sagaId }) => sagaId)
}
