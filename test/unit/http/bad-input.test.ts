import { describe, expect, test } from 'vitest'
import { CONTENT_TYPES, FILTERS, KEYS, METHODS, ROUTES, WAITS } from './bad-routes.ts'
import { BODIES, FIELDS } from './bad-rows.ts'
import type { BadRequest } from './bad-rows.ts'
import { openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
}

/** Two sagas are in the store, so that a change to one is noticed. */
async function furnished(): Promise<{ app: TestApp; before: string; ids: readonly string[] }> {
  const app = openTestApp()
  const ids = [await app.create('one'), await app.create('two')]
  return { app, ids, before: await contents(app, ids) }
}

async function contents(app: TestApp, ids: readonly string[]): Promise<string> {
  return JSON.stringify(await Promise.all(ids.map((id) => app.store.document(id))))
}

async function isRefused({ method = 'GET', path, headers, body, status, message, answers }: BadRequest): Promise<void> {
  const { app, ids, before } = await furnished()
  const written = app.writes.length
  const init = { method, ...(headers && { headers }), ...(body !== undefined && { body }) }
  const answer = await app.request(path, init as RequestInit)

  expect(answer.status).toBe(status)
  const matching = typeof message === 'string' ? message : expect.stringMatching(message)
  expect(await answer.json()).toStrictEqual({ statusCode: status, error: TITLES[status], message: matching })
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
  for (const [name, value] of Object.entries(answers ?? {})) expect(answer.headers.get(name)).toBe(value)
  expect(app.writes).toHaveLength(written)
  expect(app.channel.begun).toHaveLength(ids.length)
  expect(await contents(app, ids)).toBe(before)
  await isWell(app, ids[0] ?? '')
}

/** Sends a valid request after the bad one. */
async function isWell(app: TestApp, id: string): Promise<void> {
  const answer = await app.post('/event', { key: id, value: { messageLabel: 'answered', messagePayload: { a: 1 } } })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toStrictEqual({ outcome: 'moved', sagaId: id, currentState: 'done' })
}

const SECTIONS: readonly (readonly [string, readonly BadRequest[]])[] = [
  ['C7 a bad field is 400 and named', FIELDS],
  ['C7 a bad body is 400 or 413', BODIES],
  ['C7 another content type is 415', CONTENT_TYPES],
  ['C7 another method is 405 and says which', METHODS],
  ['C7 an unknown route is 404', ROUTES],
  ['C3.5 a bad idempotency-key is 400', KEYS],
  ['C7 a bad wait is 400 and named', WAITS],
  ['C7 a bad filter is 400 and named', FILTERS],
]

describe.each(SECTIONS)('%s', (_, rows) => {
  test.each(rows.map((row) => [`C7 ${row.what}`, row] as const))('%s', (_title, row) => isRefused(row))
})

describe('C7 ids with odd characters', () => {
  const ODD: readonly (readonly [string, string])[] = [
    ['a slash', 'a/b'],
    ['a percent sign', '100%'],
    ['an escape that is none', '%zz'],
    ['NUL', 'a\u0000b'],
    ['line breaks', 'a\r\nb'],
    ['an emoji', '🦄'],
    ['a lone surrogate', 'a\uD800b'],
    ['__proto__', '__proto__'],
    ['dots', '..'],
    ['ten thousand characters', 'x'.repeat(10_000)],
    ['SQL', "' OR 1=1 --"],
  ]

  test.each(ODD)('C4.4 in GET /sagas/{sagaId}, encoded: %s', async (_, id) => {
    const { app, ids } = await furnished()
    const path = `/sagas/${encodeURIComponent(id.toWellFormed()).replaceAll('.', '%2e')}`
    const answer = await app.request(path)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toStrictEqual({ statusCode: 404, error: 'Not Found', message: expect.any(String) })
    await isWell(app, ids[0] ?? '')
  })

  test.each(['%', '%zz', 'a%2', '%FF', '%E0%A4%A', '%ED%A0%80', '%00', 'a%252Fb'])(
    'C4.4 in GET /sagas/{sagaId}, malformed: %s',
    async (id) => {
      const { app, ids } = await furnished()
      const answer = await app.request(`/sagas/${id}`)
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ message: expect.stringMatching(/^there is no saga "/) })
      await isWell(app, ids[0] ?? '')
    },
  )

  test.each(ODD.filter(([, id]) => id.length <= 1_024))('C4.4 as the key of an event: %s', async (_, id) => {
    const { app, ids } = await furnished()
    const written = app.writes.length
    const answer = await app.post('/event', { key: id, value: { messageLabel: 'answered', messagePayload: {} } })
    expect(answer.status).toBe(404)
    const message = `there is no saga "${id}"`
    expect(await answer.json()).toStrictEqual({ statusCode: 404, error: 'Not Found', message })
    expect(app.writes).toHaveLength(written)
    await isWell(app, ids[0] ?? '')
  })
})

describe('C7 odd input that is allowed', () => {
  test('C5 an empty associatedEntityId', async () => {
    const answer = await openTestApp().post('/saga', { associatedEntityId: '', metadata: {} })
    expect(answer.status).toBe(200)
  })

  test.each([
    'application/json;charset=UTF-8',
    'application/json; charset=utf8',
    'application/json; charset=us-ascii',
    'application/json; charset=latin1',
    'application/json; version=1',
    'application/json; charset="utf-8"; a="b, text/plain"',
    'application/json;',
    'application/json ;charset=utf-8',
    'application/json, application/json; charset=utf-8',
    'Application/JSON',
    'application/cloudevents+json',
    'application/vnd.x.v1+json; charset=utf-8',
  ])('C7 RFC 8259 §11 content type %s', async (type) => {
    const body = { associatedEntityId: 'e', metadata: {} }
    expect((await openTestApp().post('/saga', body, { 'content-type': type })).status).toBe(200)
  })

  test.each(['identity', '', 'Identity, identity'])('C7 content encoding "%s"', async (coding) => {
    const body = { associatedEntityId: 'e', metadata: {} }
    expect((await openTestApp().post('/saga', body, { 'content-encoding': coding })).status).toBe(200)
  })

  test('C7 a charset that differs from the body is ignored: the bytes decide', async () => {
    const body = new TextEncoder().encode('{"associatedEntityId":"caf\u00E9","metadata":{}}')
    const headers = { 'content-type': 'application/json; charset=latin1' }
    const app = openTestApp()
    const made = await app.request('/saga', { method: 'POST', headers, body })
    const { sagaId } = (await made.json()) as { sagaId: string }
    expect((await app.store.load(sagaId))?.saga.entity).toBe('caf\u00E9')
  })

  test('C7 400 levels of nesting, and brackets inside a text', async () => {
    const metadata = { deep: JSON.parse(`${'['.repeat(400)}${']'.repeat(400)}`), text: '[{'.repeat(1_000) }
    expect((await openTestApp().post('/saga', { associatedEntityId: 'e', metadata })).status).toBe(200)
  })

  test('C7 a label with odd characters is an unexpected event', async () => {
    const app = openTestApp()
    const id = await app.create()
    for (const label of ['__proto__', 'constructor', 'a\u0000b', 'toString', '🦄']) {
      const answer = await app.post('/event', { key: id, value: { messageLabel: label, messagePayload: {} } })
      expect(await answer.json()).toStrictEqual({ outcome: 'unexpected', sagaId: id, currentState: 'asked' })
    }
    expect(app.writes).toHaveLength(1)
  })
})
