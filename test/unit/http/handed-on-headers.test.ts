import { afterEach, describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../src/defaults.ts'
import { openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'

const CREATION = { associatedEntityId: 'e', metadata: {} }
const USER = { miauserid: 'u-1', 'x-team': 't-1' }
const NAMES = Array.from({ length: DEFAULTS.handedOnHeaders + 1 }, (_, at) => `x-${at}`)

const event = (key: string) => ({ key, value: { messageLabel: 'askedAgain', messagePayload: {} } })

describe('C3.6 headers of a request', () => {
  let app: TestApp
  const open = (options?: Parameters<typeof openTestApp>[0]) => (app = openTestApp(options))
  afterEach(() => expect(app.runtime.logged.filter(({ level }) => level === 'error')).toEqual([]))

  const sent = () => app.channel.begun.map(({ id, headers }) => [id.replace(/^.*?\//, ''), headers])

  test('go on to the commands of their step, those named alone', async () => {
    open()
    const answer = await app.post('/saga', CREATION, { ...USER, cookie: 'a=b', 'x-other': 'no' })
    const { sagaId } = (await answer.json()) as { sagaId: string }
    await app.post('/event', event(sagaId), { MIAUSERID: 'u-2', authorization: 'Bearer hush' })
    expect(sent()).toEqual([
      ['0/0', USER],
      ['1/0', { miauserid: 'u-2', authorization: 'Bearer hush' }],
    ])
    expect(await (await app.request(`/sagas/${sagaId}`)).text()).not.toMatch(/u-1|u-2|hush/)
  })

  test('C3.6 a request without any stores none', async () => {
    open()
    await app.post('/saga', CREATION, { cookie: 'a=b' })
    expect(sent()).toEqual([['0/0', undefined]])
    expect(JSON.stringify(app.writes[0]?.step?.owes)).not.toContain('headers')
  })

  test('P8 are no part of the fingerprint of a creation: a repeat sends none of its own', async () => {
    open()
    const keyed = (user: string) => app.post('/saga', CREATION, { 'idempotency-key': 'k', miauserid: user })
    const ids = [await (await keyed('u-1')).json(), await (await keyed('u-2')).json()]
    expect(ids[0]).toEqual(ids[1])
    expect(sent()).toEqual([['0/0', { miauserid: 'u-1' }]])
  })

  const refusals: readonly (readonly [string, Record<string, string>, number, string])[] = [
    [
      'a control character',
      { miauserid: 'a\u007Fb' },
      400,
      'the header miauserid must be one line without control characters, beyond ASCII in UTF-8',
    ],
    [
      '200 of them',
      Object.fromEntries(NAMES.map((name) => [name, 'v'])),
      431,
      'more than 100 headers are to be handed on to commands',
    ],
    [
      'a long one',
      { miauserid: 'x'.repeat(DEFAULTS.handedOnBytes) },
      431,
      'the headers handed on to commands take more than 16384 bytes',
    ],
  ]

  test.each(refusals)('%s is refused, and nothing is written', async (_, headers, status, message) => {
    open({ handedOnHeaders: ['miauserid', ...NAMES] })
    for (const [path, body] of [
      ['/saga', CREATION],
      ['/event', event('S')],
    ] as const) {
      const answer = await app.post(path, body, headers)
      expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([status, message])
    }
    expect(app.writes).toEqual([])
    await app.create() // the service goes on
  })

  test('one that the limits allow is handed on whole', async () => {
    open()
    const value = 'x'.repeat(DEFAULTS.handedOnBytes - 'miauserid'.length)
    await app.post('/saga', CREATION, { miauserid: value })
    expect(sent()).toEqual([['0/0', { miauserid: value }]])
  })
})

describe('C3.4 C7 null and numbers', () => {
  test('C3.4 a payload of null is an empty one', async () => {
    const app = openTestApp()
    const key = await app.create()
    const answer = await app.post('/event', { key, value: { messageLabel: 'answered', messagePayload: null } })
    expect(await answer.json()).toMatchObject({ outcome: 'moved' })
    expect(app.writes.at(-1)?.step?.metadata).toEqual({})
  })

  test.each([
    ['null', ''],
    ['7', '7'],
    ['-0', '0'],
    ['1.50', '1.5'],
    ['1e21', '1e+21'],
    ['9007199254740993', '9007199254740993'],
    ['-12345678901234567890', '-12345678901234567890'],
    ['1234567890123456789012', '1234567890123456789012'],
    ['1e400', `1${'0'.repeat(400)}`],
    ['0.10000000000000001', '0.1'],
  ])('C7 an associatedEntityId of %s is the text "%s"', async (written, text) => {
    const app = openTestApp()
    const answer = await app.post('/saga', `{"associatedEntityId":${written},"metadata":{}}`)
    const { sagaId } = (await answer.json()) as { sagaId: string }
    expect(await (await app.request(`/sagas/${sagaId}`)).json()).toMatchObject({ associatedEntityId: text })
  })

  test('C7 P8 the fingerprint is that of the text', async () => {
    const app = openTestApp()
    const post = (id: string) =>
      app.post('/saga', `{"associatedEntityId":${id},"metadata":{}}`, { 'idempotency-key': 'k' })
    expect((await post('9007199254740993')).status).toBe(200)
    expect((await post('"9007199254740993"')).status).toBe(200)
    expect((await post('9007199254740992')).status).toBe(422)
  })
})
