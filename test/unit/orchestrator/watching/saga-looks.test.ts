import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { passing, stage } from '../stage.ts'
import { namesOf, readStream } from '../../../services/read-stream.ts'
import { watch } from './watch-stage.ts'

describe('C7 looks at the sagas that are watched', () => {
  test('C7 steps of another instance are seen by one look for all watchers', async () => {
    const memory = timelessMemory({ shared: true })
    const here = stage({ store: fakeStore(memory) })
    const there = stage({ store: fakeStore(memory), runtime: here.runtime })
    await here.create()
    const readers = await Promise.all([watch(here), watch(here), watch(here)])
    await here.runtime.advance(30_000)
    const [loads, documents] = [here.store.loads, here.store.documents]
    await here.runtime.advance(20_000)
    expect(here.store.loads - loads).toBeLessThanOrEqual(20)
    expect(here.store.documents).toBe(documents)
    await there.tell('validationOK')
    await here.runtime.advance(DEFAULTS.endLookLongest)
    for (const reader of readers)
      expect(namesOf(reader).filter((name) => name.startsWith('step'))).toEqual(['step 0', 'step 1'])
    expect(here.store.documents).toBe(documents + 1)
    await here.stop()
    await there.stop()
  })

  test('C7 looks for many sagas are bounded in all', async () => {
    const scene = stage({ store: fakeStore(timelessMemory({ shared: true })) })
    const sagas = Array.from({ length: 500 }, (_, n) => `s${n}`)
    const create = (id: string) => scene.orchestrator.create({ id, entity: 'e', metadata: {} })
    await passing(scene.runtime, Promise.all(sagas.map(create)))
    const open = (id: string) => scene.orchestrator.watch({ id, after: -1 })
    for (const watched of await passing(scene.runtime, Promise.all(sagas.map(open))))
      if (watched.kind === 'open') readStream(watched.body)
    await scene.runtime.advance(12_000)
    const { loads } = scene.store
    await scene.runtime.advance(5_000)
    const aSecond = (scene.store.loads - loads) / 5
    expect(aSecond).toBeLessThan(2 * DEFAULTS.watchLooks)
    expect(aSecond).toBeGreaterThan(DEFAULTS.watchLooks / 2)
    await scene.stop()
  })

  test('C7 P6 a write of unknown fate is found by a look, where no other process writes', async () => {
    const scene = stage()
    await scene.create()
    const reader = await watch(scene)
    scene.store.trouble('after', 'after', 'after', 'after', 'after', 'after', 'after', 'after', 'after', 'after')
    await scene.tell('validationOK')
    await scene.runtime.advance(DEFAULTS.watchLookAlone + 1_000)
    expect(namesOf(reader)).toContain('step 1')
    await scene.stop()
  })
})
