import { expect, test } from 'vitest'
import type { DuePlace, Loaded, Persistency } from '../../../../src/ports/persistency.ts'
import type { Source } from '../../../../src/ports/source.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { SILENT } from '../../../fakes/channel.ts'
import { stage } from '../stage.ts'
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

test('P10 P18 a deadline that waits for the sources is found again behind the mark of a file that was opened', async () => {
  const memory = timelessMemory()
  const dead = await running({ store: fakeStore(memory), definition: LEAVING, unexpectedEvents: 'park' })
  await dead.create()
  await dead.tell('early')
  await dead.stop()
  await dead.runtime.advance(25_000)
  const { source, catchUp } = sourceBehind()
  const options = { definition: LEAVING, runtime: dead.runtime, sources: [source] }
  const next = await running({ ...options, store: fakeStore(marked(memory)) })
  await next.runtime.advance(2 * LOOK)
  expect(await headOf(next)).toMatchObject({ state: 'asked' })
  catchUp()
  await next.runtime.advance(2 * LOOK)
  expect(await headOf(next)).toMatchObject({ state: 'left', latestEvent: 'silence' })
  await next.stop()
})

test('P18 a deadline that waits for the sources is found again where the last look ended at its instant', async () => {
  const { source, catchUp, assign } = sourceBehind()
  const scene = await running({ definition: LEAVING, sources: [source] })
  await scene.createAll(['s1', 's2'])
  catchUp()
  await scene.runtime.advance(LOOK)
  const later = assign()
  await scene.runtime.advance(20_000 - LOOK) // until the look of their deadlines, and not until the next one
  expect(await headOf(scene)).toMatchObject({ state: 'asked' })
  later()
  await scene.runtime.advance(2 * LOOK)
  expect([await headOf(scene), await headOf(scene, 's2')]).toMatchObject([{ state: 'left' }, { state: 'left' }])
  await scene.stop()
})

test('P16 P18 a deadline that waits for the sources is found again behind a command of a paused channel', async () => {
  const scene = await running({ definition: LEAVING })
  scene.orchestrator.pause('reservations')
  await scene.create()
  await scene.stop()
  await scene.runtime.advance(25_000)
  const { source, catchUp } = sourceBehind()
  const next = stage({ store: scene.store, definition: LEAVING, runtime: scene.runtime, sources: [source] })
  next.orchestrator.pause('reservations')
  next.orchestrator.start()
  await next.runtime.advance(2 * LOOK)
  expect(await headOf(next)).toMatchObject({ state: 'asked', owed: [{}] })
  catchUp()
  await next.runtime.advance(2 * LOOK)
  expect(await headOf(next)).toMatchObject({ state: 'left', latestEvent: 'silence' })
  await next.stop()
})

interface SourceBehind {
  readonly source: Source
  readonly catchUp: () => void
  /** Another assignment, whose events are not handed in until the answer is called. */
  readonly assign: () => () => void
}

/** A source whose topics hold events that were not handed in yet, until `catchUp`. */
function sourceBehind(): SourceBehind {
  let behind = Promise.withResolvers<void>()
  let assignments = 0
  const well = { ok: true } as const
  const source: Source = {
    id: 'events',
    get assignments() {
      return assignments
    },
    hasBegun: () => Promise.resolve(true),
    run: () => behind.promise,
    alive: () => well,
    probe: () => Promise.resolve(well),
    caughtUp: () => behind.promise,
    close: () => Promise.resolve(),
  }
  const assign = () => {
    assignments++
    behind = Promise.withResolvers()
    return behind.resolve
  }
  return { source, catchUp: behind.resolve, assign }
}

/** The saga `s1` is due at 0 in the order of this store until it is written, as sqlite marks sagas with parked events when it opens. */
function marked(store: Persistency): Persistency {
  const findDue = async (_now: number, _limit: number, after?: DuePlace): Promise<readonly Loaded[]> => {
    const isBehind = after !== undefined && (after.due > 0 || (after.due === 0 && after.id >= 's1'))
    const loaded = isBehind ? undefined : await store.load('s1')
    return loaded?.saga.isFinal === false ? [{ ...loaded, saga: { ...loaded.saga, due: 0 } }] : []
  }
  const can = { ...store.can, recovery: { by: 'sweep', findDue } as const }
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = name === 'can' ? can : Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
