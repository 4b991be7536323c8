import { describe, expect, test } from 'vitest'
import { openTestApp } from './test-app.ts'

describe('C7 the shown configuration and metrics', () => {
  test('C7 GET /machine-definition and GET /configuration', async () => {
    const app = openTestApp({ shown: { machine: { initialState: 'a' }, configuration: { settings: {} } } })
    expect(await (await app.request('/machine-definition')).json()).toStrictEqual({ initialState: 'a' })
    expect(await (await app.request('/configuration')).json()).toStrictEqual({ settings: {} })
  })

  test('C7 metrics are Prometheus text', async () => {
    const answer = await openTestApp().request('/-/metrics')
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  })

  test('C1.3 every route answers below the base path too', async () => {
    const app = openTestApp({ basePath: '/flow-manager' })
    const id = await app.create()
    for (const path of ['/sagas', `/sagas/${id}`, '/-/ready', '/-/metrics', '/machine-definition', '/configuration']) {
      expect((await app.request(`/flow-manager${path}`)).status, path).toBe(200)
    }
    expect(
      (await app.post('/flow-manager/event', { key: id, value: { messageLabel: 'answered', messagePayload: {} } }))
        .status,
    ).toBe(200)
    expect((await app.request('/flow-manager/saga')).status).toBe(405)
    expect((await app.request('/flow-managers/sagas')).status).toBe(404)
  })
})
