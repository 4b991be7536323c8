import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { crudPersistency } from '../../adapters/persistency/crud.ts'
import { create, move, note } from '../../testing/contract/saves.ts'
import { expectStored } from '../../testing/contract/subject.ts'
import { sagasCollection } from '../fakes/crud-service.ts'
import { serviceForTest, storeOf } from './crud-scene.ts'

const SECRET = 'a-very-secret-secret'

async function why(store: ReturnType<typeof storeOf>): Promise<string> {
  const health = await store.probe()
  return health.ok ? 'ok' : health.why
}

test('C2.4 the configured headers go with every request and name the writer', async () => {
  const service = await serviceForTest()
  const headers = { userid: 'batuta', secret: SECRET, acl_rows: '[]' }
  const store = storeOf(service, { headers })
  const made = await create(store)
  await note(store, await move(store, made, 'reserved'), {})
  await store.load(made.saga.id)
  await store.probe()
  expect(service.requests.length).toBeGreaterThanOrEqual(5)
  for (const { headers: sent } of service.requests) expect(sent).toMatchObject(headers)
  expect(service.collection.documents[0]).toMatchObject({ creatorId: 'batuta', updaterId: 'batuta' })
})

test('P23 a probe tells the time of the service', async () => {
  const health = await storeOf(await serviceForTest()).probe()
  expect(health).toEqual({ ok: true, time: expect.any(Number) })
  if (health.ok) expect(Math.abs((health.time ?? 0) - Date.now())).toBeLessThan(2_000)
})

test('C2.6 a wrong secret: the message has request, answer and advice, and no secret', async () => {
  const service = await serviceForTest({ admits: ({ secret }) => secret === 'right' })
  const store = storeOf(service, { headers: { secret: SECRET } })
  const told = await why(store)
  expect(told).toBe(
    `look for sagas in the store "crud": GET ${service.url}: answered 403 (You are not allowed to access this API): the configured headers are not accepted`,
  )
  await expect(create(store)).rejects.toThrow(/create the saga .* answered 403/)
  await expect(store.load('a')).rejects.toThrow(/read the saga "a" .* answered 403/)
})

test('C2.6 a service that repeats a secret: no message shows it', async () => {
  const server = createServer((_, response) => {
    response.writeHead(401).end(JSON.stringify({ message: `bad token Bearer ${SECRET}` }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const headers = { secret: SECRET, authorization: `Bearer ${SECRET}` }
  const told = await why(storeOf({ host: '127.0.0.1', port }, { headers }))
  expect(told).toContain('answered 401 (bad token [redacted])')
  expect(told).not.toContain(SECRET)
})

test('C2.6 a host that repeats the address: no message shows saga ids', async () => {
  const fetch = (url: string) => Promise.reject(new TypeError(`error sending request for url (${url})`))
  const settings = { protocol: 'http', host: 'crud', port: 80, collectionName: 'sagas', headers: {} } as const
  const store = crudPersistency(settings, fetch)
  onTestFinished(() => store.close())
  const told = await store.load('of-jane-doe').catch(String)
  expect(told).toContain(
    'GET http://crud:80/sagas/: no answer (error sending request for url (http://crud:80/sagas/?[redacted]))',
  )
})

test('a wrong collection: 404, and where to look', async () => {
  const service = await serviceForTest()
  const store = storeOf(service, { collectionName: 'orders' })
  expect(await why(store)).toMatch(/answered 404 \(.*\): it has no such collection; check "collectionName"$/)
})

test('a collection that lacks a field: which one', async () => {
  const all = sagasCollection()
  const definition = { ...all, fields: all.fields.filter(({ name }) => name !== 'latestEvent') }
  const service = await serviceForTest({ definition })
  expect(await why(storeOf(service))).toMatch(/400 \(Unknown field: latestEvent\): has the collection the fields of/)
})

test('a collection without its unique index: told as soon as two sagas of one id are read', async () => {
  const twofold = { sagaId: 'twofold', currentState: 'open', metadata: {}, history: { states: [], events: [] } }
  const server = createServer((_, response) => void response.end(JSON.stringify([twofold, twofold])))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  await expect(storeOf({ host: '127.0.0.1', port }).load('twofold')).rejects.toMatchObject({
    code: 'store-unusable',
    message: expect.stringMatching(
      /^read the saga "twofold" in the store "crud": .* lacks its unique index on "sagaId"$/,
    ),
  })
})

test('P20 a collection without its unique index: once two sagas of one id were read, a probe says so for a while', async () => {
  const all = sagasCollection()
  const indexes = all.indexes.map((index) => ({ ...index, unique: index.name === '_id' }))
  const service = await serviceForTest({ definition: { ...all, indexes } })
  const store = storeOf(service)
  await Promise.all([create(store, { id: 'twofold' }), create(store, { id: 'twofold' })])
  expect(await why(store)).toBe('ok')
  await expect(store.load('twofold')).rejects.toMatchObject({ code: 'store-unusable' })
  expect(await why(store)).toMatch(/^read the saga "twofold" .* lacks its unique index on "sagaId"/)
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000)
  onTestFinished(() => void vi.restoreAllMocks())
  expect(await why(store)).toBe('ok')
})

test('a read-only service fails the probe before the first write', async () => {
  const service = await serviceForTest({ admits: (_, method) => method === 'GET' })
  expect(await why(storeOf(service))).toMatch(
    /^write nothing in the store "crud": PATCH .* answered 403 .*headers are not accepted/,
  )
  expect(service.collection.documents).toEqual([])
})

test('an unknown host, a closed port, TLS without a server for it', async () => {
  const service = await serviceForTest()
  expect(await why(storeOf({ host: 'nobody.invalid', port: 80 }))).toMatch(
    /http:\/\/nobody\.invalid:80\/sagas\/: no answer/,
  )
  expect(await why(storeOf(service, { port: 1 }))).toMatch(/no answer \(.*ECONNREFUSED.*\): is the service at this/)
  expect(await why(storeOf(service, { protocol: 'https' }))).toMatch(/https:.*: no answer \(.+\)/)
})

test('an answer of another server is not taken for the service’s', async () => {
  const server = createServer((_, response) => void response.writeHead(200).end('<html>hello</html>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const store = storeOf({ host: '127.0.0.1', port })
  expect(await why(store)).toMatch(/no JSON: is it the CRUD Service\?$/)
  await expect(store.load('a')).rejects.toThrow(/no JSON: is it the CRUD Service\?/)
  await expect(create(store)).rejects.toMatchObject({ code: 'store-unavailable' })
})

test.each(['{"status":"ok"}', 'null', '"ok"', '0', '[]'])(
  'P20 whoever answers %s to everything is not the service: a probe says so, and nothing is its saga’s own fault',
  async (body) => {
    const server = createServer((_, response) => void response.writeHead(200).end(body))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const store = storeOf({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
    expect(await why(store)).toMatch(/: the answer is (no array|not 0): is it the CRUD Service\?$/)
    const { recovery, list } = store.can
    if (body === '[]' || recovery.by !== 'sweep' || list === false) return
    const reads = [() => store.load('a'), () => recovery.findDue(1, 9), () => list.page({ limit: 9 })]
    for (const read of reads) {
      await expect(read()).rejects.toMatchObject({
        code: 'store-unavailable',
        message: expect.stringMatching(/is no array/),
      })
    }
  },
)

test('C5 the collection of examples/ knows every field that is written, and has the indexes that are asked for', async () => {
  const service = await serviceForTest()
  const store = storeOf(service)
  const made = await create(store, { entity: 'customer/7', metadata: { n: 1 }, fingerprint: 'f' })
  await expectStored(store, await note(store, await move(store, made, 'reserved'), {}))
  const written = service.requests.filter(({ body }) => body !== '').map(({ body }) => JSON.parse(body) as object)
  const names = written.flatMap((body) => Object.keys('$set' in body ? (body.$set as object) : body))
  const definition = sagasCollection()
  const known = definition.fields.map(({ name }) => name)
  expect(names.filter((name) => !known.includes(name))).toEqual([])
  // No field more than Flow Manager writes (C5).
  expect(new Set(names)).toEqual(
    new Set([
      'sagaId',
      'associatedEntityId',
      'currentState',
      'latestEvent',
      'isFinal',
      'businessStateId',
      'businessStateDescription',
      'metadata',
      'history',
    ]),
  )
  expect(definition.indexes.filter(({ unique }) => unique).map(({ fields }) => fields[0]?.name)).toContain('sagaId')
  expect(definition.indexes.map(({ fields }) => fields[0]?.name)).toEqual(
    expect.arrayContaining(['history.due', 'history.created']),
  )
})
