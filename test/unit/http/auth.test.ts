import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'

const API = 'the-api-token'
const READ = 'the-read-token'
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const GUARDED_READS = [
  '/sagas',
  '/sagas/S',
  '/machine-definition',
  '/configuration',
  '/-/metrics',
  '/console/session',
  '/documentation/json',
  '/documentation/asyncapi.json',
]
const PROBES = ['/-/healthz', '/-/ready', '/-/check-up']
const NO_TOKEN: Readonly<Record<string, Record<string, string>>> = {
  'no header': {},
  'an empty header': { authorization: '' },
  'another token': bearer('wrong'),
  'a beginning of the token': bearer(API.slice(0, -1)),
  'more than the token': bearer(`${API}x`),
  'the token without a scheme': { authorization: API },
  'another scheme': { authorization: `Basic ${btoa(`user:${API}`)}` },
  'an empty bearer': { authorization: 'Bearer ' },
}

function guarded(basePath = ''): TestApp {
  return openTestApp({ tokens: { api: new Secret(API), read: new Secret(READ) }, basePath })
}

async function isUnauthorized(answer: Response): Promise<void> {
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  const body = (await answer.json()) as { message: string }
  expect(body).toStrictEqual({ statusCode: 401, error: 'Unauthorized', message: expect.any(String) })
  expect(JSON.stringify(body)).not.toContain(API)
}

describe('C1.3 with API_TOKEN', () => {
  test.each(Object.entries(NO_TOKEN))('C1.3 %s opens nothing', async (_, headers) => {
    const app = guarded()
    for (const path of GUARDED_READS) await isUnauthorized(await app.request(path, { headers }))
    const creation = { associatedEntityId: 'e', metadata: {} }
    await isUnauthorized(await app.post('/saga', creation, headers))
    await isUnauthorized(await app.post('/event', { key: 'S' }, headers))
    expect(app.writes).toEqual([])
  })

  test('C1.3 the token opens every route', async () => {
    const app = guarded()
    const created = await app.post('/saga', { associatedEntityId: 'e', metadata: {} }, bearer(API))
    expect(created.status).toBe(200)
    for (const path of GUARDED_READS) {
      expect((await app.request(path, { headers: bearer(API) })).status, path).toBe(path === '/sagas/S' ? 404 : 200)
    }
  })

  test('C1.3 the scheme is not case-sensitive', async () => {
    expect((await guarded().request('/sagas', { headers: { authorization: `bearer ${API}` } })).status).toBe(200)
  })

  test('C1.3 the read token allows GET and HEAD, and no POST', async () => {
    const app = guarded()
    for (const method of ['GET', 'HEAD']) {
      expect((await app.request('/sagas', { method, headers: bearer(READ) })).status).toBe(200)
    }
    await isUnauthorized(await app.post('/saga', { associatedEntityId: 'e', metadata: {} }, bearer(READ)))
    await isUnauthorized(await app.post('/event', {}, bearer(READ)))
    expect(app.writes).toEqual([])
  })

  test('C1.3 probes and the 404 of unknown routes need no token', async () => {
    const app = guarded()
    for (const path of PROBES) expect((await app.request(path)).status, path).toBe(200)
    expect((await app.request('/nowhere')).status).toBe(404)
  })

  test('C1.3 no other spelling of a path avoids the guard', async () => {
    const app = guarded('/base')
    const spellings = [
      '/base/sagas',
      '/base/sagas/S',
      '/base/configuration',
      '/%73agas',
      '//sagas',
      '/sagas/',
      '/SAGAS',
    ]
    for (const path of [...spellings, '/sagas/%2e%2e/configuration', '/./sagas', '/base/../sagas', '/base%2Fsagas']) {
      const answer = await app.request(path)
      expect([401, 404], `${path} is ${answer.status}`).toContain(answer.status)
    }
  })

  test('C1.3 another method on a guarded route is 401, not 405', async () => {
    const app = guarded()
    for (const method of ['PUT', 'DELETE', 'OPTIONS']) {
      for (const path of ['/saga', '/event', '/sagas/S']) await isUnauthorized(await app.request(path, { method }))
    }
  })
})

test('C1.3 without API_TOKEN every route is open', async () => {
  const app = openTestApp()
  expect((await app.request('/sagas')).status).toBe(200)
  expect((await app.post('/saga', { associatedEntityId: 'e', metadata: {} })).status).toBe(200)
})
