import { describe, expect, test } from 'vitest'
import { birth } from '../../../testing/contract/build.ts'
import { formerFingerprintOf, idFromKey } from '../../../src/orchestrator/ids.ts'
import { openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'

const KEY = { 'idempotency-key': 'k' }
const creation = (metadata: string) => `{"associatedEntityId":"e","metadata":${metadata}}`
const post = async (app: TestApp, metadata: string) => (await app.post('/saga', creation(metadata), KEY)).status

async function event(app: TestApp, payload: string, label = 'askedAgain'): Promise<Response> {
  const sagaId = await app.create()
  return app.post('/event', `{"key":"${sagaId}","value":{"messageLabel":"${label}","messagePayload":${payload}}}`)
}

describe('numbers that a double cannot hold', () => {
  test('C7 are stored as the double that they become, counted, and logged once for each label with the path', async () => {
    const app = openTestApp()
    const sagaId = await app.create()
    const body = (payload: string, label: string) =>
      `{"key":"${sagaId}","value":{"messageLabel":"${label}","messagePayload":${payload}}}`
    await app.post('/event', body('{"sum":9007199254740993}', 'askedAgain'))
    await app.post('/event', body('{"lines":[{"sum":1e400}]}', 'askedAgain'))
    await app.post('/event', body('{"lines":[{"sum":-1e400}]}', 'nothing'))
    expect(app.metrics.times('count inexact-number')).toBe(3)
    expect(app.runtime.logged.filter(({ level }) => level === 'warn').map(({ fields }) => fields)).toEqual([
      {
        reqId: expect.any(String),
        label: 'askedAgain',
        path: 'value.messagePayload.sum',
        written: '9007199254740993',
        kept: '9007199254740992',
        count: 1,
      },
      {
        reqId: expect.any(String),
        label: 'nothing',
        path: 'value.messagePayload.lines[0].sum',
        written: '-1e400',
        kept: 'null',
        count: 1,
      },
    ])
    const loaded = await app.store.load(sagaId)
    expect(loaded?.saga.metadata).toEqual({ sum: 9007199254740992, lines: [{ sum: null }] })
    expect(app.channel.begun.at(-1)?.payload).toEqual({ sum: 9007199254740992, lines: [{ sum: null }] })
  })

  test('C7 are 400 with the path under inexactNumbers "refuse", and write nothing', async () => {
    const app = openTestApp({ inexactNumbers: 'refuse' })
    const answer = await event(app, '{"sum":9007199254740993}')
    expect([answer.status, await answer.json()]).toEqual([
      400,
      {
        statusCode: 400,
        error: 'Bad Request',
        message:
          'value.messagePayload.sum is 9007199254740993, which would become 9007199254740992; expected a number that a double holds, or a text',
      },
    ])
    expect(await post(app, '{"sum":1e400}')).toBe(400)
    expect(app.writes).toHaveLength(1)
    expect(await post(app, '{"sum":0.1,"text":"1e400"}')).toBe(200)
  })

  test('C7 the log has at most 1,000 labels', async () => {
    const app = openTestApp()
    const sagaId = await app.create()
    for (let n = 0; n < 1_010; n++) {
      const value = `{"messageLabel":"label ${n}","messagePayload":{"n":1e400}}`
      await app.post('/event', `{"key":"${sagaId}","value":${value}}`)
    }
    expect(app.runtime.logged.filter(({ code }) => code === 'event.inexact-number')).toHaveLength(1_000)
    expect(app.metrics.times('count inexact-number')).toBe(1_010)
  })
})

describe('P8 the fingerprint of a creation', () => {
  test.each([
    ['an integer', '{"sum":9007199254740993}', '{"sum":9007199254740992}'],
    ['two that become one', '{"sum":9007199254740993}', '{"sum":9007199254740991.9}'],
    ['two beyond all doubles', '{"sum":1e400}', '{"sum":1e401}'],
    ['null and what becomes null', '{"sum":1e400}', '{"sum":null}'],
    ['a number and a text', '{"sum":9007199254740993}', '{"sum":"9007199254740993"}'],
    ['an order of elements', '{"a":[1,2]}', '{"a":[2,1]}'],
    ['a value elsewhere', '{"a":{"b":1},"c":2}', '{"a":{"b":2},"c":1}'],
  ])('P8 tells %s apart', async (_, one, other) => {
    const app = openTestApp()
    expect([await post(app, one), await post(app, one), await post(app, other)]).toEqual([200, 200, 422])
  })

  test.each([
    ['the order of keys', '{"a":1,"b":{"c":2,"d":[{"e":1,"f":2}]}}', '{"b":{"d":[{"f":2,"e":1}],"c":2},"a":1}'],
    ['white space', '{"a":1}', '{ "a" : 1 }'],
    ['the spelling of a number', '{"a":100,"b":1e400}', '{"a":1.00e2,"b":10E399}'],
    ['the order where numbers are inexact', '{"a":1e400,"b":9007199254740993}', '{"b":9007199254740993.0,"a":1e400}'],
    ['the order of keys such as __proto__ and 1', '{"__proto__":1,"1":2,"a":3}', '{"a":3,"1":2,"__proto__":1}'],
  ])('P8 does not tell %s apart', async (_, one, other) => {
    const app = openTestApp()
    expect([await post(app, one), await post(app, other)]).toEqual([200, 200])
  })

  test('P8 takes 500 levels', async () => {
    const app = openTestApp()
    const deep = `${'{"a":'.repeat(498)}1${'}'.repeat(498)}`
    expect([await post(app, deep), await post(app, deep)]).toEqual([200, 200])
  })

  test('P8 a fingerprint of an earlier version stays valid', async () => {
    const app = openTestApp()
    const metadata = { b: 1, a: 2 }
    const born = birth({
      id: idFromKey('key/k'),
      entity: 'e',
      metadata,
      fingerprint: formerFingerprintOf('e', metadata),
    })
    expect(await app.store.save(born.change, born.next, 'absent')).toMatchObject({ kind: 'saved' })
    expect(await post(app, '{"b":1,"a":2}')).toBe(200)
    expect(await post(app, '{"b":1,"a":3}')).toBe(422)
  })

  test('P8 the earlier fingerprint is computed as before', () => {
    expect(formerFingerprintOf('e', { b: 1, a: [true, null] })).toBe('c358b6f596c4f93410937232a6e9ef5a')
  })
})
