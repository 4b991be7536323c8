import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import type { Route } from '../../../src/http/route.ts'
import { openTestApp } from './test-app.ts'

const { routes } = openTestApp()
const ALLOWED: Readonly<Record<Route['method'], string>> = {
  GET: 'GET, HEAD',
  POST: 'POST',
  PATCH: 'PATCH',
  DELETE: 'DELETE',
}
const ids = (path: string): string => path.replaceAll(/:\w+/g, 'S')

describe('C7 the table of routes', () => {
  test('C7 has these routes, and no path twice for a method', () => {
    expect(routes.map(({ method, path, guard }) => `${method} ${path} ${guard}`)).toEqual([
      'POST /saga token',
      'POST /event token',
      'GET /sagas/:sagaId token',
      'GET /sagas/:sagaId/watch token',
      'GET /watch token',
      'POST /sagas/:sagaId/redeliver token',
      'POST /sagas/:sagaId/resend token',
      'POST /sagas/:sagaId/hold token',
      'POST /sagas/:sagaId/release token',
      'POST /sagas/:sagaId/event token',
      'POST /sagas/:sagaId/move token',
      'POST /sagas/:sagaId/cancel token',
      'PATCH /sagas/:sagaId/metadata token',
      'DELETE /sagas/:sagaId/parked/:eventId token',
      'DELETE /sagas/:sagaId/dead-letters/:letterId token',
      'GET /sagas token',
      'POST /operations token',
      'GET /operations token',
      'GET /operations/:operationId token',
      'DELETE /operations/:operationId token',
      'GET /channels token',
      'POST /channels/:channelId/pause token',
      'POST /channels/:channelId/resume token',
      'GET /machine-definition token',
      'GET /configuration token',
      'GET /-/metrics token',
      'GET /-/healthz none',
      'GET /-/ready none',
      'GET /-/check-up none',
      'GET /machine.svg token',
      'GET /machine.mmd token',
      'GET /sagas/:sagaId/machine.svg token',
      'GET /console none',
      'GET /console/session token',
      'POST /console/draft token',
      'GET /documentation none',
      'GET /documentation/page.css none',
      'GET /documentation/page.js none',
      'GET /documentation/json token',
      'GET /documentation/yaml token',
      'GET /documentation/asyncapi.json token',
    ])
  })

  test.each(routes)('C7 $method $path: other methods are 405 with its Allow', async ({ path }) => {
    const app = openTestApp()
    const taken: readonly string[] = routes.filter((one) => one.path === path).map(({ method }) => method)
    const allow = taken.map((method) => ALLOWED[method as Route['method']]).join(', ')
    for (const other of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE']) {
      if (taken.includes(other)) continue
      const answer = await app.request(ids(path), { method: other })
      expect([answer.status, answer.headers.get('allow')], other).toEqual([405, allow])
    }
  })

  test.each(routes)('C1.3 $method $path: its guard wants a token', async ({ method, path, guard }) => {
    const app = openTestApp({ tokens: { api: new Secret('the-token') } })
    for (const each of [method, 'PUT']) {
      const { status } = await app.request(ids(path), { method: each })
      expect(status === 401, each).toBe(guard === 'token')
    }
  })

  test('C1.3 what is below a guarded path is guarded, whether it exists or not', async () => {
    const app = openTestApp({ tokens: { api: new Secret('the-token') } })
    expect((await app.request('/sagas/a/b')).status).toBe(401)
    expect((await app.request('/sagas/a/b', { headers: { authorization: 'Bearer the-token' } })).status).toBe(404)
    expect((await openTestApp().request('/sagas/a/b')).status).toBe(404)
  })

  test('C7 a request meets one handler, found by a single regular expression', async () => {
    const opened = openTestApp()
    await opened.request('/-/healthz')
    const { router } = opened.hono
    expect(router.name).toBe('SmartRouter + RegExpRouter')
    for (const { method, path } of routes) expect(router.match(method, ids(path))[0], path).toHaveLength(1)
  })
})
