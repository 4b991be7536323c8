import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { denoKvPersistency } from '../../adapters/persistency/deno-kv.ts'
import { step } from '../../testing/contract/build.ts'
import { create, move, save } from '../../testing/contract/saves.ts'
import { expectStored } from '../../testing/contract/subject.ts'
import { fakeKv } from '../fakes/kv.ts'

function scene() {
  const kv = fakeKv()
  return { kv, store: denoKvPersistency(kv) }
}

describe('faults of deno-kv', () => {
  test('P20 concurrent writes are one commit', async () => {
    const { kv, store } = scene()
    const sagas = await Promise.all(Array.from({ length: 5 }, () => create(store)))
    const before = kv.commits
    await Promise.all(sagas.map((saga) => move(store, saga, 'reserved')))
    expect(kv.commits - before).toBe(2) // the first goes at once, the others form a group behind it
  })

  test.each(['before', 'after'] as const)(
    'P20 a group whose line breaks %s it is repeated one by one',
    async (trouble) => {
      const { kv, store } = scene()
      const sagas = await Promise.all(Array.from({ length: 4 }, () => create(store)))
      kv.trouble(undefined, trouble)
      const moved = await Promise.all(sagas.map((saga) => move(store, saga, 'reserved')))
      for (const saga of moved) await expectStored(store, saga)
    },
  )

  test('P20 a refused call fails alone, and so does one whose link stays broken', async () => {
    const { kv, store } = scene()
    const sagas = await Promise.all(Array.from({ length: 4 }, () => create(store)))
    const fresh = await Promise.all(sagas.map((saga) => move(store, saga, 'asked again')))
    kv.trouble(undefined, undefined, 'before') // the first, the group, the first of the group alone
    const given = fresh.map((saga, at) => (at === 2 ? (sagas[2] ?? saga) : saga)) // the third has an outdated basis
    const answers = await Promise.allSettled(given.map(({ saga, basis }) => save(store, step(saga, 'reserved'), basis)))
    const kinds = answers.map((one) => (one.status === 'fulfilled' ? one.value.kind : 'unknown'))
    expect(kinds).toEqual(['saved', 'unknown', 'conflict', 'saved'])
  })

  test('P20 a write of a broken group that gets no answer delays no other', async () => {
    const { kv, store } = scene()
    const sagas = await Promise.all(Array.from({ length: 4 }, () => create(store)))
    kv.trouble(undefined, 'before', 'silent') // the first, the group, the first of the group alone
    const saves = sagas.map(({ saga, basis }) => save(store, step(saga, 'reserved'), basis))
    void Promise.allSettled(saves) // the silent one fails after its time-out
    const kinds = (await Promise.all([saves[0], saves[2], saves[3]])).map((saved) => saved?.kind)
    expect(kinds).toEqual(['saved', 'saved', 'saved'])
  })

  test('P20 a creation by key is in no group', async () => {
    const { kv, store } = scene()
    await Promise.all(Array.from({ length: 4 }, () => create(store, { fingerprint: 'f' })))
    expect(kv.commits).toBe(4)
  })

  test('P20 probes write once a second, however frequent they are', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { kv, store } = scene()
    const commits: number[] = []
    for (let probes = 0; probes < 5; probes++) {
      await store.probe()
      commits.push(kv.commits)
      vi.advanceTimersByTime(600)
    }
    expect(commits).toEqual([1, 1, 2, 2, 3])
  })

  test('another process holds the file for a moment: no caller sees an error', async () => {
    const { kv, store } = scene()
    kv.trouble('locked', 'locked', 'locked')
    await expectStored(store, await create(store))
  })
})
