import { expect, test } from 'vitest'
import type { Loaded, Persistency } from '../../../../src/ports/persistency.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { SILENT } from '../../../fakes/channel.ts'
import { LEAVING, LOOK, headOf, running } from './timer-stage.ts'

test('P18 I9 the deadlines of fifteen hundred sagas of a silent participant are not late', async () => {
  const scene = await running({ definition: LEAVING })
  scene.channel.always(SILENT)
  const ids = Array.from({ length: 1_500 }, (_, at) => `s${at}`)
  for (const id of ids) await scene.create(id)
  await scene.runtime.advance(20_000 + 5 * LOOK)
  const heads = await Promise.all(ids.map((id) => headOf(scene, id)))
  expect(heads.filter(({ state }) => state !== 'left')).toEqual([])
  await scene.stop()
})

test('P10 P12 P18 the mark of a file that was opened hides no deadline of a saga with parked events', async () => {
  const memory = timelessMemory()
  const dead = await running({ store: fakeStore(memory), definition: LEAVING, unexpectedEvents: 'park' })
  await dead.create()
  await dead.tell('early')
  await dead.runtime.advance(5_000)
  await dead.stop()
  const next = await running({ store: fakeStore(marked(memory)), definition: LEAVING, runtime: dead.runtime })
  await next.runtime.advance(20_000)
  expect(await headOf(next)).toMatchObject({ state: 'left', latestEvent: 'silence' })
  await next.stop()
})

/** The saga `s1` is due at 0 in the order of this store, as sqlite marks sagas with parked events when it opens: only the first look finds it. */
function marked(store: Persistency): Persistency {
  let looks = 0
  const findDue = async (): Promise<readonly Loaded[]> => {
    const loaded = looks++ === 0 ? await store.load('s1') : undefined
    return loaded === undefined ? [] : [{ ...loaded, saga: { ...loaded.saga, due: 0 } }]
  }
  const can = { ...store.can, recovery: { by: 'sweep', findDue } as const }
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = name === 'can' ? can : Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
