import { describe, expect, test } from 'vitest'
import { MACHINE, openTestApp } from './test-app.ts'

const json = async (answer: Response | Promise<Response>) => (await answer).json() as Promise<Record<string, unknown>>
const BY = { 'x-reason': 'the%20bank%20is%20away', 'x-operator': 'zoe' }

describe('C7 channels', () => {
  test('P25 nothing is sent to a paused channel until it is resumed', async () => {
    const app = openTestApp()
    expect(await json(app.request('/channels'))).toEqual({
      items: [{ id: 'desk', isPaused: false, circuit: 'closed', waiting: 0, underWay: 0 }],
      kept: false,
    })
    const paused = await json(app.request('/channels/desk/pause', { method: 'POST', headers: BY }))
    expect(paused).toMatchObject({
      id: 'desk',
      isPaused: true,
      pausedBy: 'zoe',
      reason: 'the bank is away',
      kept: false,
    })
    await app.create('order-1')
    await app.runtime.advance(10_000)
    expect(app.channel.begun).toHaveLength(0)
    const { items } = (await json(app.request('/sagas'))) as { items: { sagaId: string }[] }
    const read = () => json(app.request(`/sagas/${items[0]?.sagaId}`))
    expect(await read()).toMatchObject({ owed: [{ channel: 'desk', isPaused: true }] })
    await app.runtime.advance(1_000)
    const again = await json(app.request('/channels/desk/pause', { method: 'POST', headers: { 'x-reason': 'again' } }))
    expect(again).toMatchObject({ pausedSince: paused['pausedSince'], reason: 'the bank is away' })
    const resumed = await json(app.request('/channels/desk/resume', { method: 'POST', headers: BY }))
    expect(resumed).toMatchObject({ id: 'desk', isPaused: false })
    expect(resumed['pausedSince']).toBeUndefined()
    const { owed } = (await read()) as { owed: readonly object[] }
    expect(owed[0]).not.toHaveProperty('isPaused')
    expect((await app.request('/channels/desk/resume', { method: 'POST', headers: BY })).status).toBe(200)
  })

  test('P11 a state and a channel that saga.json lacks are marked in the saga', async () => {
    const configuration = { machineDefinition: MACHINE, communicationProtocols: [{ id: 'till' }] }
    const app = openTestApp({ shown: { machine: { states: [{ id: 'other' }] }, configuration } })
    await app.request('/channels/desk/pause', { method: 'POST', headers: BY })
    const id = await app.create('order-1')
    expect(await json(app.request(`/sagas/${id}`))).toMatchObject({
      currentState: 'asked',
      isUnknownState: true,
      owed: [{ channel: 'desk', isPaused: true, isUnknownChannel: true }],
    })
    const known = openTestApp({
      shown: { machine: MACHINE, configuration: { communicationProtocols: [{ id: 'desk' }] } },
    })
    const shown = await json(known.request(`/sagas/${await known.create('order-1')}`))
    expect(JSON.stringify(shown)).not.toContain('isUnknown')
  })

  test('C7 an unknown channel is 404 with those that there are; a reason is required', async () => {
    const app = openTestApp()
    const unknown = await app.request('/channels/dsek/pause', { method: 'POST', headers: BY })
    expect([unknown.status, (await json(unknown))['message']]).toEqual([
      404,
      'there is no channel "dsek"; saga.json has "desk"',
    ])
    const bare = await app.request('/channels/desk/pause', { method: 'POST' })
    expect([bare.status, (await json(bare))['message']]).toEqual([400, expect.stringMatching(/^the header x-reason/)])
    expect(await json(app.request('/channels'))).toMatchObject({ items: [{ isPaused: false }] })
  })

  test('C7 where there is no place for pauses, 501 says so', async () => {
    const app = openTestApp({ channels: undefined })
    for (const [method, path] of [
      ['GET', '/channels'],
      ['POST', '/channels/desk/pause'],
      ['POST', '/channels/desk/resume'],
    ] as const) {
      expect((await app.request(path, { method, headers: BY })).status, path).toBe(501)
    }
  })
})
