import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { openTestApp } from './test-app.ts'
import { WHY, act, messageOf, show } from './operate-requests.ts'
import type { Shown } from './operate-requests.ts'

describe('P25 actions of operators over HTTP', () => {
  test('P25 hold and release are answered, shown, and recorded with operator and reason', async () => {
    const app = openTestApp()
    const id = await app.create()
    const held = await act(app, `/sagas/${id}/hold`, { ...WHY, 'x-operator': 'Zo%C3%AB', 'idempotency-key': 'h' })
    expect([held.status, await held.json()]).toEqual([
      200,
      { outcome: 'done', sagaId: id, currentState: 'asked', details: {} },
    ])
    expect((await show(app, id)).hold).toMatchObject({ since: expect.any(String) as string })
    const again = await act(app, `/sagas/${id}/hold`, { ...WHY, 'idempotency-key': 'h' })
    expect(await again.json()).toEqual({ outcome: 'repeated', sagaId: id, currentState: 'asked' })
    expect((await act(app, `/sagas/${id}/release`)).status).toBe(200)
    const { hold, history } = await show(app, id)
    expect(hold).toBeUndefined()
    expect(history.operations).toMatchObject([
      { id: 'key/h', action: 'hold', operator: 'Zoë', reason: 'the desk is mended' },
      { action: 'release', operator: 'anonymous' },
    ])
  })

  test('P25 without x-operator the record has the name of the token', async () => {
    const app = openTestApp({ tokens: { api: new Secret('t') } })
    const authorization = 'Bearer t'
    const body = JSON.stringify({ associatedEntityId: 'e', metadata: {} })
    const headers = { authorization, 'content-type': 'application/json' }
    const created = await app.request('/saga', { method: 'POST', headers, body })
    const { sagaId } = (await created.json()) as { sagaId: string }
    await act(app, `/sagas/${sagaId}/hold`, { ...WHY, authorization })
    const shown = await app.request(`/sagas/${sagaId}`, { headers: { authorization } })
    expect(((await shown.json()) as Shown).history.operations).toMatchObject([{ operator: 'API_TOKEN' }])
  })

  test('P25 a refused action is 409 with the reason, an unknown saga is 404', async () => {
    const app = openTestApp()
    const id = await app.create()
    const refused = await act(app, `/sagas/${id}/release`)
    expect([refused.status, await messageOf(refused)]).toEqual([409, 'the saga is not held, expected one that is held'])
    const unknown = await act(app, '/sagas/nobody/hold')
    expect([unknown.status, await messageOf(unknown)]).toEqual([404, 'there is no saga "nobody"'])
  })

  test('P25 a dry run is answered as such and writes nothing', async () => {
    const app = openTestApp()
    const id = await app.create()
    const writes = app.writes.length
    const answer = await act(app, `/sagas/${id}/hold?dryRun=true`)
    expect(await answer.json()).toMatchObject({ outcome: 'done', dryRun: true })
    expect(app.writes).toHaveLength(writes)
  })
})

describe('P25 bad input of an action is 400 and named', () => {
  const MUST =
    'must be percent-encoded UTF-8 (ASCII, a percent sign is %25), not empty, without control characters, at most'
  test.each([
    ['no reason', {}, `the header x-reason is missing; it ${MUST} 500 characters`],
    ['an empty reason', { 'x-reason': '' }, `the header x-reason ${MUST} 500 characters`],
    ['a reason of blanks', { 'x-reason': '%20%20' }, `the header x-reason ${MUST} 500 characters`],
    ['a long reason', { 'x-reason': 'r'.repeat(501) }, `the header x-reason ${MUST} 500 characters`],
    ['half an escape', { 'x-reason': '100%' }, `the header x-reason ${MUST} 500 characters`],
    ['Latin-1', { 'x-reason': 'caf\u00E9' }, `the header x-reason ${MUST} 500 characters`],
    ['a new line', { 'x-reason': 'a%0Ab' }, `the header x-reason ${MUST} 500 characters`],
    ['a long operator', { ...WHY, 'x-operator': 'o'.repeat(201) }, `the header x-operator ${MUST} 200 characters`],
    ['a bad key', { ...WHY, 'idempotency-key': '%' }, /^the header idempotency-key must be ASCII/],
  ])('P25 %s', async (_, headers: Record<string, string>, message) => {
    const app = openTestApp()
    const answer = await act(app, `/sagas/${await app.create()}/hold`, headers)
    expect(answer.status).toBe(400)
    expect(await messageOf(answer)).toMatch(message)
  })

  test.each([
    ['500 characters of three bytes', { 'x-reason': encodeURIComponent('\u8CC7'.repeat(500)) }],
    ['250 emoji', { 'x-reason': encodeURIComponent('\u{1F4B8}'.repeat(250)) }],
    ['an operator of 200', { ...WHY, 'x-operator': encodeURIComponent('\u8CC7'.repeat(200)) }],
  ])('P25 the longest texts are taken: %s', async (_, headers: Record<string, string>) => {
    const app = openTestApp()
    expect((await act(app, `/sagas/${await app.create()}/hold`, headers)).status).toBe(200)
  })

  test.each([
    ['10 KB', 'r'.repeat(10_000)],
    ['an invalid sequence', '%C3%28'],
    ['a surrogate', '%ED%A0%80'],
    ['an overlong form', '%C0%AF'],
    ['an injected header', 'a%0D%0Ax-operator:%20root'],
    ['NUL', 'a%00b'],
    ['C1', 'a%C2%9Bb'],
  ])('P25 a reason with %s is 400', async (_, reason) => {
    const app = openTestApp()
    const answer = await act(app, `/sagas/${await app.create()}/hold`, { 'x-reason': reason })
    expect([answer.status, await messageOf(answer)]).toMatchObject([400, /^the header x-reason must be/])
  })

  test.each([
    ['dryRun=yes', 'dryRun must be "true" or "false"'],
    ['dryrun=true', 'dryrun is not a known parameter'],
    ['channel=', 'channel must not be empty'],
    ['channel=a&channel=b', 'channel is given more than once'],
  ])('P25 redeliver?%s', async (query, message) => {
    const app = openTestApp()
    const answer = await act(app, `/sagas/${await app.create()}/redeliver?${query}`)
    expect([answer.status, await messageOf(answer)]).toEqual([400, message])
  })
})
