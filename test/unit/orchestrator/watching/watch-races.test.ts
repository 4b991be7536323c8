import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { BatutaError } from '../../../../src/errors.ts'
import { DELIVERED } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { namesOf, readStream } from '../../../services/read-stream.ts'
import { passing, stage } from '../stage.ts'
import type { Stage } from '../stage.ts'
import { listeners, watch, watching } from './watch-stage.ts'

/** Reads of documents wait from now on until the function is called. */
function stalled({ store }: Stage): () => void {
  const document = store.document.bind(store)
  const gate = Promise.withResolvers<void>()
  store.document = async (id) => {
    const read = await document(id)
    await gate.promise
    return read
  }
  return gate.resolve
}

describe('C7 a request to watch a saga', () => {
  test('C7 a client that has a newer step than the read is answered by the next read', async () => {
    const scene = stage()
    await scene.create()
    const old = await scene.store.document('s1')
    await scene.tell('validationOK')
    const document = scene.store.document.bind(scene.store)
    let reads = 0
    scene.store.document = async (id) => (reads++ === 0 ? old : document(id))
    const reader = await watch(scene, 1)
    expect([reads, namesOf(reader)]).toEqual([2, ['saga']])
    await scene.stop()
  })

  test('C7 a saga that is damaged in the store is answered as such', async () => {
    const scene = stage()
    await scene.create()
    scene.store.document = () => Promise.reject(new BatutaError('saga-unreadable', 'no JSON'))
    const answer = await scene.orchestrator.watch({ id: 's1', after: -1 })
    expect(answer).toEqual({ kind: 'unreadable', sagaId: 's1', why: 'no JSON' })
    expect(watching(scene)).toBe(0)
    await scene.stop()
  })

  test('C7 a final saga tells the rest of its history, and is over for a client that has it', async () => {
    const scene = stage()
    scene.channel.always(DELIVERED)
    await scene.create()
    expect((await scene.orchestrator.watch({ id: 's1', after: 0 })).kind).toBe('open')
    for (const label of ['validationOK', 'checkOK']) await scene.tell(label)
    await scene.runtime.advance(10_000)
    const reader = await watch(scene, 1)
    expect(namesOf(reader)).toEqual(['step 2', 'saga', 'end'])
    expect(reader.hasEnded()).toBe(true)
    expect(await scene.orchestrator.watch({ id: 's1', after: 2 })).toEqual({ kind: 'over' })
    expect(await scene.orchestrator.watch({ id: 's1', after: 3 })).toEqual({ kind: 'beyond', steps: 3 })
    await scene.stop()
  })
})

describe('C7 what watching costs', () => {
  test('C7 steps and changes that a client follows are told without a read', async () => {
    const scene = stage()
    await scene.create()
    const reader = await watch(scene)
    const { documents } = scene.store
    await scene.tell('validationOK')
    const operation = { sagaId: 's1', id: 'o', operator: 'zoe', reason: 'a look', action: { kind: 'hold' } } as const
    await passing(scene.runtime, scene.orchestrator.operate(operation))
    await scene.settle()
    expect(namesOf(reader)).toEqual(['step 0', 'saga', 'step 1', 'saga', 'saga'])
    expect(scene.store.documents).toBe(documents)
    await scene.stop()
  })

  test('C7 the feed has one listener of each kind while a saga is watched, and none after it', async () => {
    const scene = stage()
    for (const id of ['s1', 's2']) await scene.create(id)
    const count = listeners(scene)
    const [one, other] = [await watch(scene), await watch(scene)]
    expect(count()).toBe(2)
    await one.leave()
    expect(count()).toBe(2)
    await other.leave()
    expect(count()).toBe(0)
    await scene.stop()
  })

  test('C7 looks that hang are no more than may be under way', async () => {
    const scene = stage({ store: fakeStore(timelessMemory({ shared: true })) })
    const ids = Array.from({ length: 20 }, (_, n) => `s${n}`)
    await scene.createAll(ids)
    for (const id of ids) {
      const watched = await passing(scene.runtime, scene.orchestrator.watch({ id, after: -1 }))
      if (watched.kind === 'open') readStream(watched.body)
    }
    await scene.settle()
    let loads = 0
    scene.store.load = () => {
      loads++
      return new Promise(() => undefined)
    }
    await scene.runtime.advance(4 * DEFAULTS.endLookLongest)
    expect(loads).toBe(DEFAULTS.endLooksAtOnce)
    await scene.stop()
  })
})

describe('C7 news during a read', () => {
  test('C7 a step of another process that the read lacks is read again at once', async () => {
    const memory = timelessMemory({ shared: true })
    const here = stage({ store: fakeStore(memory) })
    const there = stage({ store: fakeStore(memory), runtime: here.runtime })
    await here.create()
    const release = stalled(here)
    const watched = here.orchestrator.watch({ id: 's1', after: -1 })
    await here.settle()
    await there.tell('validationOK')
    await here.tell('checkOK')
    release()
    const opened = await watched
    if (opened.kind !== 'open') throw new Error(opened.kind)
    const reader = readStream(opened.body)
    await here.settle()
    expect(namesOf(reader).filter((name) => name !== 'saga')).toEqual(['step 0', 'step 1', 'step 2'])
    await Promise.all([here.stop(), there.stop()])
  })

  test('C7 a client that has left is read for no more', async () => {
    const scene = stage()
    await scene.create()
    const release = stalled(scene)
    const gone = new AbortController()
    const first = scene.orchestrator.watch({ id: 's1', after: -1 }, gone.signal)
    await scene.settle()
    await scene.tell('validationOK')
    gone.abort()
    const { documents } = scene.store
    release()
    await first
    await scene.settle()
    expect([scene.store.documents, watching(scene)]).toEqual([documents, 0])
    await scene.stop()
  })

  test('C7 an answer of the store that is older than what was told is left out', async () => {
    const scene = stage({ store: fakeStore(timelessMemory({ shared: true })) })
    await scene.create()
    const reader = await watch(scene)
    const load = scene.store.load.bind(scene.store)
    const gate = Promise.withResolvers<void>()
    let looks = 0
    scene.store.load = async (id) => {
      const loaded = await load(id)
      if (looks++ === 0) await gate.promise
      return loaded
    }
    await scene.runtime.advance(DEFAULTS.endLookLongest)
    expect(looks).toBe(1)
    const operation = { sagaId: 's1', id: 'o', operator: 'zoe', reason: 'a look', action: { kind: 'hold' } } as const
    await passing(scene.runtime, scene.orchestrator.operate(operation))
    expect(reader.events.at(-1)?.data['hold']).toBeDefined()
    const { length } = reader.events
    gate.resolve()
    await scene.settle()
    expect(reader.events).toHaveLength(length)
    await scene.stop()
  })

  test('C7 a saga that is removed is the end of its streams', async () => {
    const scene = stage({ store: fakeStore(timelessMemory({ shared: true })) })
    await scene.create()
    const reader = await watch(scene)
    scene.store.load = async () => undefined
    await scene.runtime.advance(DEFAULTS.endLookLongest)
    expect(reader.events.at(-1)).toEqual({ event: 'end', data: { sagaId: 's1', isRemoved: true } })
    expect([reader.hasEnded(), watching(scene)]).toEqual([true, 0])
    await scene.stop()
  })
})
