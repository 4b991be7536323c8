import { describe, expect, test, vi } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { BUSY, DELIVERED } from '../../../fakes/channel.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { passing, stage } from '../stage.ts'
import type { Stage } from '../stage.ts'
import { namesOf, readStream } from '../../../services/read-stream.ts'
import type { StreamReader } from '../../../services/read-stream.ts'

async function watch(scene: Stage, after = -1, gone?: AbortSignal): Promise<StreamReader> {
  const watched = await passing(scene.runtime, scene.orchestrator.watch({ id: 's1', after }, gone))
  if (watched.kind !== 'open') throw new Error(`watch a saga: ${watched.kind}`)
  const reader = readStream(watched.body)
  await scene.settle()
  return reader
}

describe('C7 watching one saga', () => {
  test('C7 the history comes first, then each step with the saga after it, then the end', async () => {
    const scene = stage()
    scene.channel.always(DELIVERED)
    await scene.create()
    await scene.tell('validationOK')
    const reader = await watch(scene)
    expect(namesOf(reader)).toEqual(['step 0', 'step 1', 'saga'])
    await scene.tell('checkOK')
    await scene.settle()
    expect(namesOf(reader)).toEqual(['step 0', 'step 1', 'saga', 'step 2', 'saga', 'end'])
    expect(reader.events[3]?.data).toMatchObject({ step: 2, event: 'checkOK', state: 'reservationConfirmed' })
    expect(reader.events[3]?.data).toMatchObject({ businessEventId: 0, businessStateId: 1 })
    expect(reader.hasEnded()).toBe(true)
    expect(await scene.orchestrator.watch({ id: 's1', after: 2 })).toEqual({ kind: 'over' })
    await scene.stop()
  })

  test('C7 a step is the same event live and from the history', async () => {
    const scene = stage()
    await scene.create()
    const live = await watch(scene)
    await scene.tell('validationOK')
    const later = await watch(scene, -1, new AbortController().signal)
    const steps = (reader: StreamReader) => reader.events.filter(({ event }) => event === 'step')
    expect(steps(live)).toEqual(steps(later))
    const heads = [live, later].map((reader) => reader.events.findLast(({ event }) => event === 'saga'))
    expect(heads[0]).toEqual(heads[1])
    await scene.stop()
  })

  test('C7 P25 an action without a step is told, a claim is not', async () => {
    const scene = stage()
    await scene.create()
    const reader = await watch(scene)
    const action = { kind: 'hold' } as const
    const operation = { sagaId: 's1', id: 'o1', operator: 'zoe', reason: 'a look', action }
    await passing(scene.runtime, scene.orchestrator.operate(operation))
    await scene.settle()
    const head = reader.events.at(-1)
    expect(head).toMatchObject({ event: 'saga', data: { operation: { action: 'hold', operator: 'zoe' } } })
    expect(head?.data['hold']).toBeDefined()
    expect(head?.id).toBeUndefined()
    await scene.stop()
  })

  test('C7 P13 a delivered command, and one without success, are told with their numbers', async () => {
    const scene = stage()
    scene.channel.always(BUSY)
    await scene.create()
    const reader = await watch(scene)
    await scene.runtime.advance(20_000)
    expect(reader.events.at(-1)?.data).toMatchObject({ owed: 1 })
    expect(reader.events.at(-1)?.data['failedSends']).toBe(1)
    await scene.stop()
  })

  test('C7 unknown, beyond the history, damaged: answered, and nothing is left of the request', async () => {
    const scene = stage()
    expect(await scene.orchestrator.watch({ id: 's1', after: -1 })).toEqual({ kind: 'unknown-saga', sagaId: 's1' })
    await scene.create()
    expect(await scene.orchestrator.watch({ id: 's1', after: 1 })).toEqual({ kind: 'beyond', steps: 1 })
    scene.store.document = () => Promise.reject(new Error('the line is down'))
    const failed = await scene.orchestrator.watch({ id: 's1', after: 0 })
    expect(failed).toEqual({ kind: 'unavailable', why: 'the line is down' })
    expect(watching(scene)).toBe(0)
    await scene.stop()
  })

  test('C7 a client that leaves, by its body or by its signal, is forgotten with listener and timers', async () => {
    const scene = stage()
    await scene.create()
    await scene.settle()
    const { timers } = scene.runtime
    const reader = await watch(scene)
    const gone = new AbortController()
    await watch(scene, -1, gone.signal)
    expect(watching(scene)).toBe(2)
    await reader.leave()
    gone.abort()
    expect(watching(scene)).toBe(0)
    expect(scene.runtime.timers).toBe(timers)
    await scene.stop()
  })

  test('C7 a client that was gone before the request began leaves nothing', async () => {
    const scene = stage()
    await scene.create()
    await scene.settle()
    const { timers } = scene.runtime
    const reader = await watch(scene, -1, AbortSignal.abort())
    expect(reader.events).toEqual([])
    expect(watching(scene)).toBe(0)
    expect(scene.runtime.timers).toBe(timers)
    await scene.stop()
  })

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

  test('C7 history, steps and head are encoded once for all watchers of a saga', async () => {
    const encodings = async (count: number): Promise<number> => {
      const scene = stage()
      await scene.create()
      await scene.tell('validationOK')
      const encode = vi.spyOn(TextEncoder.prototype, 'encode')
      const readers = await Promise.all(Array.from({ length: count }, () => watch(scene)))
      await scene.tell('checkOK')
      await scene.settle()
      for (const reader of readers)
        expect(namesOf(reader)).toEqual(expect.arrayContaining(['step 1', 'step 2', 'saga']))
      const frames = encode.mock.calls.filter(([text]) =>
        /^(?:id: \d+\n)?event: (?:step|saga)\n/.test(text ?? ''),
      ).length
      encode.mockRestore()
      await scene.stop()
      return frames
    }
    expect(await encodings(1)).toBe(5) // three steps, the head of the history and the newest
    expect(await encodings(20)).toBe(5)
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

  test('C7 a history beyond what a client may have unread comes in parts, as it reads', async () => {
    const scene = stage({ definition: LONG })
    await scene.create()
    for (let at = 0; at < 900; at++) await scene.tell('go', `e${at}`)
    const watched = await passing(scene.runtime, scene.orchestrator.watch({ id: 's1', after: -1 }))
    if (watched.kind !== 'open') throw new Error(watched.kind)
    const { documents } = scene.store
    await scene.runtime.advance(20_000)
    expect(scene.store.documents - documents).toBeLessThanOrEqual(1)
    await scene.tell('go', 'meanwhile')
    const reader = readStream(watched.body)
    await scene.runtime.advance(1_000)
    const steps = reader.events.filter(({ event }) => event === 'step').map(({ id }) => Number(id))
    expect(steps).toEqual(Array.from({ length: 902 }, (_, at) => at))
    await scene.stop()
  })

  test('C7 a service that stops ends its streams, and each later one at once', async () => {
    const scene = stage()
    await scene.create()
    const reader = await watch(scene)
    scene.orchestrator.leave()
    await scene.tell('validationOK') // requests are still served
    expect(namesOf(reader)).toContain('step 1')
    scene.orchestrator.endWatches()
    await scene.settle()
    expect(reader.hasEnded()).toBe(true)
    expect(reader.comments.at(-1)).toMatch(/stopping/)
    const later = await watch(scene, -1, new AbortController().signal)
    expect(later.hasEnded()).toBe(true)
    expect(watching(scene)).toBe(0)
    await scene.stop()
  })
})

/** Streams that the metrics count. */
function watching({ metrics }: Stage): number {
  return metrics.lines
    .filter((line) => line.startsWith('watching saga'))
    .reduce((sum, line) => sum + Number(line.split(' ')[2]), 0)
}

/** Long labels, so that the history is large. */
const LONG = {
  initialState: `state-${'x'.repeat(200)}`,
  creationEvent: '__created__',
  states: [
    {
      id: `state-${'x'.repeat(200)}`,
      isFinal: false,
      outgoingTransitions: [{ inputEvent: 'go', targetState: `state-${'x'.repeat(200)}` }],
    },
  ],
}
