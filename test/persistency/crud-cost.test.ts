import { expect, test } from 'vitest'
import { step } from '../../testing/contract/build.ts'
import { create, move, note, save } from '../../testing/contract/saves.ts'
import type { CrudService } from '../fakes/crud-service.ts'
import { ownServiceForTest, storeOf } from './crud-scene.ts'

/** Requests since the last look, as `PATCH bulk`. */
function asked(service: CrudService): string[] {
  return service.requests.splice(0).map(({ method, path }) => `${method} ${path.slice('/sagas/'.length)}`.trim())
}

function many<T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => make(n)))
}

test('one round trip an event: of a creation, of each step, of bookkeeping', async () => {
  const service = await ownServiceForTest()
  const store = storeOf(service)
  let saga = await create(store)
  expect(asked(service)).toEqual(['POST'])
  for (const label of ['asked again', 'reserved', 'charged']) {
    saga = await move(store, saga, label)
    expect(asked(service)).toEqual(['PATCH'])
  }
  await note(store, saga, {})
  expect(asked(service)).toEqual(['PATCH'])
})

test('two requests side by side for what is due, and none before it is written', async () => {
  const service = await ownServiceForTest()
  const store = storeOf(service)
  const made = await many(50, () => create(store))
  const { recovery } = store.can
  if (recovery.by !== 'sweep') throw new Error('it sweeps')
  asked(service)
  const found = await recovery.findDue(Number.MAX_SAFE_INTEGER, 64)
  expect(asked(service)).toEqual(['GET', 'GET'])
  expect(found).toHaveLength(made.length)
  await Promise.all(found.map((saga) => note(store, saga, {})))
  expect(asked(service)).toEqual(['PATCH bulk'])
})

test('64 saves at once are at most three requests, and so are 64 that follow closely', async () => {
  const service = await ownServiceForTest()
  const store = storeOf(service)
  const made = await many(64, () => create(store))
  expect(asked(service).length).toBeLessThanOrEqual(3)
  const moved = await Promise.all(made.map((saga) => move(store, saga, 'asked again')))
  expect(asked(service)).toEqual(['PATCH bulk'])
  service.trouble.slow = 100
  await Promise.all(
    moved.map(async (saga, n) => {
      for (let turn = 0; turn < n; turn++) await Promise.resolve()
      await move(store, saga, 'reserved')
    }),
  )
  expect(asked(service).length).toBeLessThanOrEqual(3)
})

test('groups that keep running alone are halved, so that client and server overlap', async () => {
  const service = await ownServiceForTest()
  const store = storeOf(service)
  const requests: number[] = []
  for (let n = 0; n < 5; n++) {
    await many(32, () => create(store))
    requests.push(asked(service).length)
  }
  expect(requests).toEqual([1, 1, 1, 1, 2])
})

test('P20 a group that is not taken whole costs one look, and one more for each that lost', async () => {
  const service = await ownServiceForTest()
  const store = storeOf(service)
  const made = await many(64, () => create(store))
  const [first] = made
  if (first !== undefined) await move(store, first, 'asked again')
  asked(service)
  const answers = await Promise.all(made.map(({ saga, basis }) => save(store, step(saga, 'reserved'), basis)))
  expect(answers.map(({ kind }) => kind).filter((kind) => kind !== 'saved')).toEqual(['conflict'])
  expect(asked(service)).toEqual(['PATCH bulk', 'GET', 'GET'])
})

test('P8 P20 creations under a key never share a request', async () => {
  const service = await ownServiceForTest()
  const store = storeOf(service)
  await many(10, () => create(store, { fingerprint: 'f' }))
  expect(asked(service)).toEqual(Array.from({ length: 10 }, () => 'POST'))
})

test.each([
  ['short', (n: number) => `saga-${n}`, {}],
  ['long', (n: number) => `${'ä'.repeat(60)}-${n}`, {}],
  ['long, beside long headers', (n: number) => `${'ä'.repeat(60)}-${n}`, { authorization: 'x'.repeat(6_000) }],
])('431 no address is longer than 13 KB with 500 ids that are %s', async (_, idOf, headers) => {
  const service = await ownServiceForTest()
  const store = storeOf(service, { headers, answer: 30_000 })
  const made = await many(500, (n) => create(store, { id: idOf(n) }))
  await move(store, made[7] ?? (await create(store)), 'asked again')
  await move(store, made[499] ?? (await create(store)), 'asked again')
  const answers = await Promise.all(made.map(({ saga, basis }) => save(store, step(saga, 'reserved'), basis)))
  expect(answers.flatMap(({ kind }, n) => (kind === 'saved' ? [] : [n]))).toEqual([7, 499])
  const sizes = service.requests.map(({ url, headers: sent }) => url.length + (sent['authorization'] ?? '').length)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(13_500)
  expect(Math.max(...service.requests.map(({ url }) => url.length))).toBeLessThanOrEqual(13_000)
})

test('P24 many large sagas that are due are fetched in parts', { timeout: 60_000 }, async () => {
  const service = await ownServiceForTest()
  const store = storeOf(service, { answer: 30_000 })
  for (let n = 0; n < 8; n++) await create(store, { metadata: { text: 'x'.repeat(4_000_000) } })
  const { recovery } = store.can
  if (recovery.by !== 'sweep') throw new Error('it sweeps')
  asked(service)
  expect(await recovery.findDue(Number.MAX_SAFE_INTEGER, 64)).toHaveLength(8)
  expect(asked(service).length).toBeLessThan(12)
})
