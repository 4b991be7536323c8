import { describe, expect, test } from 'vitest'
import { openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'

const event = (key: string, messageLabel: string) => ({ key, value: { messageLabel, messagePayload: {} } })
const creation = { associatedEntityId: 'e', metadata: {} }

async function read(app: TestApp, id: string): Promise<Record<string, unknown>> {
  return (await (await app.request(`/sagas/${id}`)).json()) as Record<string, unknown>
}

describe('P10 events that wait', () => {
  test('C7 a parked event is 200 and shown without headers; a full saga is 429 with the remedy', async () => {
    const app = openTestApp({ unexpectedEvents: 'park', parking: { limit: 1, timeToLive: 60_000 } })
    const id = await app.create()
    const parked = await app.post('/event', event(id, 'early'), { 'idempotency-key': 'k', miauserid: 'u' })
    expect([parked.status, await parked.json()]).toMatchObject([200, { outcome: 'parked', sagaId: id }])
    expect(await read(app, id)).toMatchObject({ parked: [{ event: { id: 'key/k', label: 'early', payload: {} } }] })
    expect(JSON.stringify(await read(app, id))).not.toContain('miauserid')
    const full = await app.post('/event', event(id, 'other'))
    expect([full.status, full.headers.get('retry-after')]).toEqual([429, '1'])
    expect(await full.json()).toMatchObject({ message: expect.stringContaining('parked events') })
    expect(await (await app.request('/sagas?has=parked')).json()).toMatchObject({ items: [{ sagaId: id }] })
  })
})

describe('C4.1 a later beginning', () => {
  test('the saga is held until the instant of the header', async () => {
    const app = openTestApp()
    const until = new Date(app.runtime.wallClock() + 60_000).toISOString()
    const created = await app.post('/saga', creation, { 'not-before': until })
    const { sagaId } = (await created.json()) as { readonly sagaId: string }
    expect(await read(app, sagaId)).toMatchObject({ hold: { until, isBeginning: true } })
    const listed = (await (await app.request('/sagas?has=hold')).json()) as { items: readonly object[] }
    expect(listed.items).toMatchObject([{ sagaId, marks: { hold: expect.any(String), until } }])
    expect(app.channel.begun).toEqual([])
  })

  test.each(['tomorrow', '2030-02-31T12:00:00Z', '2030-01-31T12:00:00', '1900000000', ''])(
    'C7 %j is 400, and there is no saga',
    async (instant) => {
      const app = openTestApp()
      const answer = await app.post('/saga', creation, { 'not-before': instant })
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('not-before')])
      expect(app.writes).toEqual([])
    },
  )

  test('P17 a store that finds no due sagas is 501, and there is no saga', async () => {
    const app = openTestApp({ recovery: { by: 'redelivery' } })
    const answer = await app.post('/saga', creation, { 'not-before': '2030-01-31T12:00:00Z' })
    expect([answer.status, await answer.text()]).toEqual([501, expect.stringContaining('not-before')])
    expect(app.writes).toEqual([])
  })
})
