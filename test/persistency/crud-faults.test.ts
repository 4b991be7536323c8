import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { messageOf } from '../../src/errors.ts'
import { amend, birth, step } from '../../testing/contract/build.ts'
import { create, keep, move, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { serviceForTest, storeOf } from './crud-scene.ts'

const UNAVAILABLE = { code: 'store-unavailable' }
/** Milliseconds until an answer must be there, and how much longer than that nothing may take. */
const ANSWER = 400
const SLACK = 400

async function timed<T>(run: () => Promise<T>): Promise<number> {
  const begin = performance.now()
  await run()
  return performance.now() - begin
}

describe.each(['before', 'after'] as const)('an answer is lost %s the write landed', (when) => {
  test('P6 of a step: a throw, and the same change again is saved once', async () => {
    const service = await serviceForTest()
    const store = storeOf(service)
    const made = await create(store)
    const written = step(made.saga, 'asked again')
    service.trouble.lose(when)
    await expect(save(store, written, made.basis)).rejects.toMatchObject(UNAVAILABLE)
    const moved = await keep(store, written, made.basis)
    await expectStored(store, await move(store, moved, 'reserved'))
    expect(await labels(store, made.saga.id)).toEqual(['orderPlaced', 'asked again', 'reserved'])
  })

  test('P6 of a creation', async () => {
    const service = await serviceForTest()
    const store = storeOf(service)
    for (const born of [birth(), birth({ fingerprint: 'f' })]) {
      service.trouble.lose(when)
      await expect(save(store, born, 'absent')).rejects.toMatchObject(UNAVAILABLE)
      const basis = (await keep(store, born, 'absent')).basis
      await move(store, { saga: born.next, basis }, 'reserved')
    }
  })

  test('P6 of bookkeeping', async () => {
    const service = await serviceForTest()
    const store = storeOf(service)
    const made = await create(store)
    const written = amend(made.saga, { settled: made.saga.owed.map(({ id }) => id) })
    service.trouble.lose(when)
    await expect(save(store, written, made.basis)).rejects.toMatchObject(UNAVAILABLE)
    await expectStored(store, await keep(store, written, made.basis))
  })

  test('P6 P20 of a group: all of it throws, each repeats its own', async () => {
    const service = await serviceForTest()
    const store = storeOf(service)
    const made = await Promise.all(Array.from({ length: 20 }, () => create(store)))
    const writes = made.map(({ saga }) => step(saga, 'asked again'))
    service.trouble.lose(when)
    const first = await Promise.allSettled(writes.map((written, n) => save(store, written, made[n]?.basis ?? '')))
    expect(first.filter(({ status }) => status === 'rejected')).toHaveLength(20)
    const again = await Promise.all(writes.map((written, n) => save(store, written, made[n]?.basis ?? '')))
    expect(new Set(again.map(({ kind }) => kind))).toEqual(new Set(['saved']))
    for (const { next } of writes) await expectStored(store, { saga: next })
  })
})

test('P6 a write that was frozen may land after all, and then its repeat is saved, not done twice', async () => {
  const service = await serviceForTest()
  const store = storeOf(service, { answer: ANSWER })
  const made = await create(store)
  const written = step(made.saga, 'asked again')
  service.trouble.freeze()
  await expect(save(store, written, made.basis)).rejects.toMatchObject(UNAVAILABLE)
  service.trouble.thaw()
  await sleep(50)
  await expectStored(store, await keep(store, written, made.basis))
  expect(await labels(store, made.saga.id)).toHaveLength(2)
})

test('P6 nothing hangs longer than its time-out while the service is frozen, also behind others', async () => {
  const service = await serviceForTest()
  const store = storeOf(service, { answer: ANSWER })
  const made = await Promise.all(Array.from({ length: 6 }, () => create(store)))
  service.trouble.freeze()
  const reasons: string[] = []
  const waits = made.map(async ({ saga, basis }, n) => {
    await sleep(n * 10)
    const saving = save(store, step(saga, 'reserved'), basis)
    const told = saving.catch((thrown: unknown) => reasons.push(messageOf(thrown)))
    return timed(() => told)
  })
  const reads = [
    timed(() => store.load('a').catch(() => undefined)),
    timed(() => store.probe()),
    timed(() => save(store, birth(), 'absent').catch(() => undefined)),
  ]
  for (const ms of await Promise.all([...waits, ...reads])) {
    expect(ms).toBeGreaterThanOrEqual(ANSWER / 2)
    expect(ms).toBeLessThan(ANSWER + SLACK)
  }
  expect(reasons).toHaveLength(6)
  for (const reason of reasons) expect(reason).toMatch(/no answer|so it was not sent/)
  expect(await store.probe()).toMatchObject({ ok: false, why: expect.stringContaining('no answer') })
  service.trouble.thaw()
  expect(await store.probe()).toMatchObject({ ok: true })
})

test('P20 the service is not there: every call says so at once, and works again when it is back', async () => {
  const service = await serviceForTest()
  const store = storeOf(service)
  const made = await create(store)
  const written = step(made.saga, 'reserved')
  await service.stop()
  await expect(save(store, written, made.basis)).rejects.toThrow(/save the saga .* no answer .*ECONNREFUSED/)
  await expect(store.load(made.saga.id)).rejects.toMatchObject(UNAVAILABLE)
  expect((await store.probe()).ok).toBe(false)
  await service.start()
  await expectStored(store, await keep(store, written, made.basis))
})

test(
  'I8 P6 the service is restarted again and again: every saga is moved on exactly once by each step',
  { timeout: 60_000 },
  async () => {
    const service = await serviceForTest()
    const store = storeOf(service)
    let isOver = false
    const restarts = (async () => {
      for (let n = 0; n < 4; n++) {
        await sleep(80)
        await service.stop()
        await sleep(20)
        await service.start()
      }
      isOver = true
    })()
    const walk = async () => {
      const born = birth()
      let saga = await insist(() => keep(store, born, 'absent'))
      let steps = 0
      while (!isOver || steps < 3) {
        const written = step(saga.saga, 'asked again')
        saga = await insist(() => keep(store, written, saga.basis))
        steps++
      }
      return { saga, steps }
    }
    for (const { saga, steps } of await Promise.all(Array.from({ length: 8 }, walk))) {
      await expectStored(store, saga)
      expect(await labels(store, saga.saga.id)).toHaveLength(1 + steps)
    }
    await restarts
  },
)

/** The same change until its fate is known (P6). */
async function insist<T>(run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run()
    } catch (thrown) {
      expect(thrown).toMatchObject(UNAVAILABLE)
      await sleep(10)
    }
  }
}

test('P20 the database is killed: a save throws within its time-out, a read says there was no answer', async () => {
  const service = await serviceForTest({ deadWait: 7_500 })
  const store = storeOf(service, { answer: ANSWER })
  const made = await create(store)
  const written = step(made.saga, 'reserved')
  service.trouble.kill()
  await expect(save(store, written, made.basis)).rejects.toThrow(/answered 500 .* not well/)
  const again = save(store, written, made.basis)
  again.catch(() => undefined)
  expect(await timed(() => again.catch(() => undefined))).toBeLessThan(ANSWER + SLACK)
  await expect(again).rejects.toThrow(/no answer/)
  await expect(store.load(made.saga.id)).rejects.toThrow(/read the saga .* no answer/)
  expect((await store.probe()).ok).toBe(false)
  service.trouble.revive()
  await expectStored(store, await keep(store, written, made.basis))
})
