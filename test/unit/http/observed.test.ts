import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'

const requests = ({ metrics }: TestApp) => metrics.lines.filter((line) => line.startsWith('request '))

describe('C7 each request is counted and timed by method, route and status', () => {
  test('the route is a pattern, and unknown routes are one', async () => {
    const app = openTestApp({ basePath: '/flow-manager', unexpectedEvents: 'reject' })
    const id = await app.create()
    await app.request(`/sagas/${id}`)
    await app.request('/flow-manager/sagas/no-such')
    await app.request('/nowhere/1')
    await app.request('/nowhere/2')
    await app.request('/saga', { method: 'PUT' })
    await app.post('/event', { key: id, value: { messageLabel: 'lost', messagePayload: {} } })
    expect(requests(app)).toEqual([
      'request POST /saga 200',
      'request GET /sagas/:sagaId 200',
      'request GET /sagas/:sagaId 404',
      'request GET __unknown__ 404',
      'request GET __unknown__ 404',
      'request PUT /saga 405',
      'request POST /event 409',
    ])
  })

  test('a word of the client as method is one label; a request without a token counts, too', async () => {
    const app = openTestApp({ tokens: { api: new Secret('the-token') } })
    await app.request('/sagas/a/b')
    await app.request('/saga', { method: 'BREW' })
    expect(requests(app)).toEqual(['request GET __unknown__ 401', 'request other /saga 401'])
  })

  test('an error that no route expects is a 503', async () => {
    const app = openTestApp({
      ready: async () => {
        throw new Error('broken')
      },
    })
    expect((await app.request('/-/ready')).status).toBe(503)
    expect(requests(app)).toEqual(['request GET /-/ready 503'])
  })
})

describe('C1.3 log lines of a request have its id as reqId', () => {
  const unexpected = { value: { messageLabel: 'lost', messagePayload: {} } }

  test('x-request-id, or a new one for each request', async () => {
    const app = openTestApp()
    const key = await app.create()
    await app.post('/event', { key, ...unexpected }, { 'x-request-id': 'abc-1' })
    await app.post('/event', { key, ...unexpected })
    await app.post('/event', { key, ...unexpected })
    const ids = app.runtime.logged
      .filter(({ code }) => code === 'event.unexpected')
      .map(({ fields }) => fields?.['reqId'])
    expect(ids[0]).toBe('abc-1')
    expect(ids[1]).toMatch(/^\w+-\d+$/)
    expect(new Set(ids).size).toBe(3)
  })

  test('the beginning of a request at trace, its end at debug, none at info; probes have none', async () => {
    const linesAt = async (logLevel: 'trace' | 'debug' | 'info') => {
      const app = openTestApp({ logLevel })
      await app.request('/sagas/no-such?token=secret', { headers: { 'x-request-id': 'r', 'user-agent': 'u' } })
      await app.request('/-/healthz')
      return app.runtime.logged.filter(({ code }) => code.startsWith('request.'))
    }
    expect(await linesAt('info')).toEqual([])
    expect((await linesAt('debug')).map(({ code }) => code)).toEqual(['request.completed'])
    const [incoming, completed] = await linesAt('trace')
    expect(incoming).toMatchObject({
      code: 'request.incoming',
      fields: { reqId: 'r', http: { request: { method: 'GET', userAgent: { original: 'u' } } } },
    })
    expect(completed).toMatchObject({
      code: 'request.completed',
      fields: { reqId: 'r', http: { response: { statusCode: 404 } }, url: { path: '/sagas/no-such' }, responseTime: 0 },
    })
  })
})

test('C7 from SIGTERM on every probe is KO, and requests are served', async () => {
  let isLeaving = false
  const app = openTestApp({ isLeaving: () => isLeaving, alive: () => ({ ok: true }) })
  const probed = async () =>
    Promise.all(['/-/healthz', '/-/ready', '/-/check-up'].map(async (path) => (await app.request(path)).status))
  expect(await probed()).toEqual([200, 200, 200])
  isLeaving = true
  expect(await probed()).toEqual([503, 503, 503])
  expect(await (await app.request('/-/healthz')).json()).toMatchObject({
    status: 'KO',
    message: 'the service is stopping',
  })
  expect(await app.create()).not.toBe('')
})
