import * as v from 'valibot'
import { expect } from 'vitest'
import type { Route } from '../../../src/http/route.ts'

/** Statuses that a route has without naming them: its guard's, and its path's for another method. */
const OF_EVERY_ROUTE = new Set([401, 405])

/** Fails where an answer is not one that the table of routes describes: a status of the route, with a body of its schema. */
export async function expectDescribed(
  routes: readonly Route[],
  { method, path }: { readonly method: string; readonly path: string },
  answer: Response,
): Promise<void> {
  const route = routes.find((one) => one.method === (method === 'HEAD' ? 'GET' : method) && matches(one.path, path))
  if (route === undefined || OF_EVERY_ROUTE.has(answer.status)) return
  const schema = (route.responses as Readonly<Record<number, v.GenericSchema>>)[answer.status]
  if (schema === undefined)
    return expect.fail(`${method} ${path} answered ${answer.status}, which its route does not name`)
  if (method === 'HEAD') return
  const text = await answer.clone().text()
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true
  expect(v.safeParse(schema, isJson ? JSON.parse(text) : text).issues, `${method} ${path}: ${text}`).toBeUndefined()
}

function matches(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  return wanted.length === given.length && wanted.every((part, at) => part.startsWith(':') || part === given[at])
}
