import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { messageOf } from '../../src/errors.ts'
import { birth, step } from '../../testing/contract/build.ts'
import { create, keep, save } from '../../testing/contract/saves.ts'
import { expectStored, labels } from '../../testing/contract/subject.ts'
import { serviceForTest, storeOf } from './crud-scene.ts'

const UNAVAILABLE = { code: 'store-unavailable' }
/** Milliseconds until an answer must be there, and the margin that nothing may exceed. */
const ANSWER = 400
const SLACK = 400

async function timed<T>(run: () => Promise<T>): Promise<number> {
  const begin = performance.now()
  await run()
  return performance.now() - begin
}

test('P6 a frozen write may land later; its repeat is then saved, and applied once', async () => {
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

test('P6 no call outlasts its time-out while the service is frozen, also behind others', async () => {
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

test('P20 a killed database: a save throws within its time-out, a read reports no answer', async () => {
  const service = await serviceForTest({ deadWait: 7_500 })
  const store = storeOf(service, { answer: ANSWER })
  const made = await create(store)
  const written = step(made.saga, 'reserved')
  service.trouble.kill()
  await expect(save(store, written, made.basis)).rejects.toThrow(/answered 500 .* database failed/)
  const again = save(store, written, made.basis)
  again.catch(() => undefined)
  expect(await timed(() => again.catch(() => undefined))).toBeLessThan(ANSWER + SLACK)
  await expect(again).rejects.toThrow(/no answer/)
  await expect(store.load(made.saga.id)).rejects.toThrow(/read the saga .* no answer/)
  expect((await store.probe()).ok).toBe(false)
  service.trouble.revive()
  await expectStored(store, await keep(store, written, made.basis))
})
