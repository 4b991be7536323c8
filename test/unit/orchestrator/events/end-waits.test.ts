import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { BatutaError } from '../../../../src/errors.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { stage } from '../stage.ts'
import type { Stage } from '../stage.ts'

const END = ['validationOK', 'checkOK'] as const

/** Waits for the end of `s1`, and notes the result as soon as there is one. */
function waiting(scene: Pick<Stage, 'orchestrator'>, within = 30_000, gone?: AbortSignal) {
  const noted: { result?: boolean } = {}
  const done = scene.orchestrator.awaitEnd({ id: 's1', within }, gone).then((result) => (noted.result = result))
  return { noted, done }
}

async function final(scene: Stage): Promise<void> {
  for (const label of END) await scene.tell(label)
}

describe('C7 waiting for the end of a saga', () => {
  test('C7 a step of this process that is final ends every wait at once, without a read for each', async () => {
    const scene = stage()
    await scene.create()
    const waits = Array.from({ length: 50 }, () => waiting(scene))
    await scene.runtime.advance(5_000)
    expect(scene.store.loads).toBe(0) // the head is remembered, and no other process writes
    await scene.tell('validationOK')
    expect(waits.map(({ noted }) => noted.result)).toEqual(waits.map(() => undefined))
    await scene.tell('checkOK')
    expect(await Promise.all(waits.map(({ done }) => done))).toEqual(waits.map(() => true))
    await scene.stop()
  })

  test('C7 the time is over: false, and nothing of the wait is left', async () => {
    const scene = stage()
    await scene.create()
    await scene.settle()
    const timers = scene.runtime.timers
    const { noted } = waiting(scene, 3_000)
    await scene.runtime.advance(2_999)
    expect(noted.result).toBeUndefined()
    await scene.runtime.advance(1)
    expect(noted.result).toBe(false)
    expect(scene.runtime.timers).toBeLessThanOrEqual(timers)
    await scene.stop()
  })

  test('C7 a saga that is final or unknown is over at once', async () => {
    const scene = stage()
    expect(await waiting(scene).done).toBe(true)
    await scene.create()
    await final(scene)
    expect(await waiting(scene).done).toBe(true)
    await scene.stop()
  })

  test('C7 a store that is away is asked again, a saga that cannot be read is over', async () => {
    const scene = stage()
    await scene.create()
    const other = stage({ store: scene.store, runtime: scene.runtime }) // it remembers no head
    scene.store.down()
    const away = waiting(other)
    await scene.runtime.advance(2_000)
    expect(away.noted.result).toBeUndefined()
    scene.store.mend()
    scene.store.load = () => Promise.reject(new BatutaError('saga-unreadable', 'no JSON'))
    await scene.runtime.advance(DEFAULTS.endLookLongest)
    expect(away.noted.result).toBe(true)
    const damaged = waiting(other)
    await scene.settle()
    expect(damaged.noted.result).toBe(true)
    await scene.stop()
  })

  test('C7 a caller that goes away frees its wait, and no other', async () => {
    const scene = stage({ store: fakeStore(timelessMemory({ shared: true })) })
    await scene.create()
    const client = new AbortController()
    const [left, stays] = [waiting(scene, 30_000, client.signal), waiting(scene)]
    await scene.runtime.advance(10)
    client.abort()
    expect(await left.done).toBe(false)
    expect(stays.noted.result).toBeUndefined()
    expect(await waiting(scene, 30_000, client.signal).done).toBe(false) // it was gone before
    await final(scene)
    expect(await stays.done).toBe(true)
    const { loads } = scene.store
    await scene.runtime.advance(10_000)
    expect(scene.store.loads).toBe(loads) // no look goes on
    await scene.stop()
  })

  test('C7 an end by another process on the same store is seen, with one look for all waits', async () => {
    const shared = timelessMemory({ shared: true })
    const here = stage({ store: fakeStore(shared) })
    const there = stage({ store: fakeStore(shared), runtime: here.runtime })
    await here.create()
    const waits = Array.from({ length: 20 }, () => waiting(here))
    await here.runtime.advance(10_000)
    // A look each 1 to 2 s after the first ones, however many wait.
    expect(here.store.loads).toBeLessThan(20)
    await final(there)
    await here.runtime.advance(DEFAULTS.endLookLongest)
    expect(waits.map(({ noted }) => noted.result)).toEqual(waits.map(() => true))
    await Promise.all([here.stop(), there.stop()])
  })

  test('C7 an outage of the store does not end a wait, and the end after it is seen', async () => {
    const shared = timelessMemory({ shared: true })
    const here = stage({ store: fakeStore(shared) })
    const there = stage({ store: fakeStore(shared), runtime: here.runtime })
    await here.create()
    here.store.down()
    const { noted } = waiting(here)
    await here.runtime.advance(5_000)
    expect(noted.result).toBeUndefined()
    await final(there)
    here.store.mend()
    await here.runtime.advance(DEFAULTS.endLookLongest)
    expect(noted.result).toBe(true)
    await Promise.all([here.stop(), there.stop()])
  })

  test('C7 many sagas are looked at with few reads at once', async () => {
    const inner = timelessMemory({ shared: true })
    const store = fakeStore(inner)
    const scene = stage({ store })
    let [under, most] = [0, 0]
    const load = inner.load.bind(inner)
    Object.assign(inner, {
      load: async (id: string) => {
        most = Math.max(most, ++under)
        await new Promise<void>((resolve) => scene.runtime.after(50, resolve))
        under--
        return load(id)
      },
    })
    for (let n = 0; n < 200; n++) await scene.create(`w${n}`)
    const waits = Array.from({ length: 200 }, (_, n) => scene.orchestrator.awaitEnd({ id: `w${n}`, within: 20_000 }))
    await scene.runtime.advance(20_000)
    expect(await Promise.all(waits)).toEqual(waits.map(() => false))
    expect(most).toBe(DEFAULTS.endLooksAtOnce)
    await scene.stop()
  })

  test('C7 a wait that finds all reads taken has its look later', async () => {
    const inner = timelessMemory({ shared: true })
    const scene = stage({ store: fakeStore(inner) })
    for (let n = 0; n < 40; n++) await scene.create(`w${n}`)
    const looked = new Set<string>()
    const load = inner.load.bind(inner)
    Object.assign(inner, { load: (id: string) => (looked.add(id), load(id)) })
    const waits = Array.from({ length: 40 }, (_, n) => scene.orchestrator.awaitEnd({ id: `w${n}`, within: 20_000 }))
    await scene.runtime.advance(20_000)
    await Promise.all(waits)
    expect(looked.size).toBe(40)
    await scene.stop()
  })

  test('C7 leaving answers every wait, and each later one, at once', async () => {
    const scene = stage()
    await scene.create()
    const waits = [waiting(scene), waiting(scene)]
    scene.orchestrator.leave()
    expect(await Promise.all(waits.map(({ done }) => done))).toEqual([true, true])
    expect(await waiting(scene).done).toBe(true)
    await scene.stop()
  })
})
