import type { TestApp } from './test-app.ts'

/** A reason, which every action must have. */
export const WHY = { 'x-reason': 'the%20desk%20is%20mended' }

/** A POST without a body. */
export function act(app: TestApp, path: string, headers: Record<string, string> = WHY): Promise<Response> {
  return app.request(path, { method: 'POST', headers })
}

export function remove(app: TestApp, path: string): Promise<Response> {
  return app.request(path, { method: 'DELETE', headers: WHY })
}

/** Parts of a saga's document that actions change. */
export interface Shown {
  readonly hold?: object
  readonly history: { readonly operations?: readonly object[] }
}

export async function show(app: TestApp, id: string): Promise<Shown> {
  return (await (await app.request(`/sagas/${id}`)).json()) as Shown
}

export async function messageOf(answer: Response): Promise<string> {
  return ((await answer.json()) as { message: string }).message
}
