import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { fakeStore } from '../../../fakes/store.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { stage } from '../stage.ts'
import type { Stage } from '../stage.ts'
import { readStream } from '../../../services/read-stream.ts'
import type { StreamReader } from '../../../services/read-stream.ts'

async function watchAll(scene: Stage, after?: string): Promise<StreamReader> {
  const watched = await scene.orchestrator.watchAll({ after })
  if (watched.kind !== 'open') throw new Error(`watch all sagas: ${watched.kind}`)
  const reader = readStream(watched.body)
  await scene.settle()
  return reader
}

function told(reader: StreamReader): readonly string[] {
  return reader.events.map(({ event, data }) => [event, data['sagaId'], data['event']].filter(Boolean).join(' '))
}

describe('C7 watching all sagas', () => {
  test('C7 steps of every saga come together after some milliseconds', async () => {
    const scene = stage()
    const reader = await watchAll(scene)
    expect(reader.events[0]).toMatchObject({ event: 'watch', data: { scope: 'service' } })
    for (const id of ['s1', 's2']) await scene.create(id)
    await scene.runtime.advance(DEFAULTS.watchFlush)
    expect(told(reader)).toEqual(['watch', 'step s1 __created__', 'step s2 __created__'])
    await scene.stop()
  })

  test('C7 a store that is shared: the stream says that it is of one process', async () => {
    const scene = stage({ store: fakeStore(timelessMemory({ shared: true })) })
    expect((await watchAll(scene)).events[0]?.data).toMatchObject({ scope: 'process' })
    await scene.stop()
  })

  test('C7 a client that comes back has no gap and no repeat, within a batch too', async () => {
    const scene = stage()
    const first = await watchAll(scene)
    for (const id of ['s1', 's2', 's3']) await scene.create(id)
    await scene.runtime.advance(DEFAULTS.watchFlush)
    await first.leave()
    await scene.create('s4')
    for (const at of [0, 1, 2, 3]) {
      const reader = await watchAll(scene, first.events[at]?.id)
      const missed = ['s1', 's2', 's3', 's4'].slice(at).map((id) => `step ${id} __created__`)
      expect(told(reader)).toEqual(['watch', ...missed])
      await reader.leave()
    }
    await scene.stop()
  })

  test('C7 a client that comes back for more than a slow one of a single saga may leave unread gets all of it', async () => {
    const scene = stage()
    const first = await watchAll(scene)
    await scene.create('first')
    await scene.runtime.advance(DEFAULTS.watchFlush)
    await first.leave()
    const sagas = Math.ceil(DEFAULTS.watchBytes / 250) + 100
    for (let at = 0; at < sagas; at++) await scene.create(`saga-${at}`)
    const reader = await watchAll(scene, first.events.at(-1)?.id)
    expect(reader.comments).toEqual([])
    expect(reader.events.length).toBe(sagas + 1)
    await scene.stop()
  })

  test('C7 a service that stops ends the stream of a client at once', async () => {
    const scene = stage()
    scene.orchestrator.endWatches()
    const watched = await scene.orchestrator.watchAll({}, new AbortController().signal)
    if (watched.kind !== 'open') throw new Error(watched.kind)
    const reader = readStream(watched.body)
    await scene.settle()
    expect(reader.comments.at(-1)).toMatch(/stopping/)
    expect(reader.hasEnded()).toBe(true)
    await scene.stop()
  })

  test('C7 an id of another process, or one that was away for too long, is told of the gap', async () => {
    const scene = stage()
    expect(told(await watchAll(scene, 'another.3'))).toEqual(['watch', 'gap'])
    const reader = await watchAll(scene)
    await scene.create()
    await scene.runtime.advance(DEFAULTS.watchFlush)
    const { id = '' } = reader.events.at(-1) ?? {}
    await scene.stop()
    const other = stage()
    const away = await watchAll(other)
    const newest = away.events.at(-1)?.id ?? ''
    await away.leave()
    await other.runtime.advance(DEFAULTS.watchLinger)
    await other.create()
    const back = await watchAll(other, newest)
    expect(told(back)).toEqual(['watch', 'gap'])
    expect(back.events[1]?.id).toBeDefined()
    expect(id).not.toBe('')
    await other.stop()
  })

  test('C7 P10 P26 holds and parked events are told; settlements are not', async () => {
    const scene = stage({ unexpectedEvents: 'park' })
    await scene.create()
    const reader = await watchAll(scene)
    await scene.runtime.advance(10_000) // the command is delivered and settled
    expect(told(reader)).toEqual(['watch'])
    await scene.tell('checkOK')
    await scene.runtime.advance(DEFAULTS.watchFlush)
    expect(told(reader)).toEqual(['watch', 'saga s1'])
    expect(reader.events[1]?.data).toMatchObject({ parked: 1 })
    await scene.stop()
  })

  test('C7 a client that does not read is dropped within its bound, and counted; others go on', async () => {
    const scene = stage()
    const slow = await scene.orchestrator.watchAll({})
    if (slow.kind !== 'open') throw new Error(slow.kind)
    const reader = await watchAll(scene)
    const sagas = Math.ceil((DEFAULTS.watchRing + DEFAULTS.watchBytes) / 250) + 100
    for (let at = 0; at < sagas; at++) await scene.create(`saga-${at}`)
    await scene.runtime.advance(DEFAULTS.watchFlush)
    expect(scene.metrics.lines).toContain('count watcher-dropped')
    const late = readStream(slow.body)
    await scene.settle()
    expect(late.events).toEqual([])
    expect(late.comments).toEqual([expect.stringMatching(/dropped/)])
    expect(late.hasEnded()).toBe(true)
    expect(reader.events.length).toBe(sagas + 1)
    await scene.stop()
  })

  test('C7 a client that takes nothing, not even heartbeats, is dropped', async () => {
    const scene = stage()
    const deaf = await scene.orchestrator.watchAll({})
    const reader = await watchAll(scene)
    await scene.runtime.advance(4 * DEFAULTS.watchBeat)
    expect(deaf.kind).toBe('open')
    expect(scene.metrics.lines.filter((line) => line === 'count watcher-dropped')).toHaveLength(1)
    expect(reader.comments.length).toBe(4)
    expect(reader.hasEnded()).toBe(false)
    await scene.stop()
  })

  test('C7 the bound of streams: one more has no place', async () => {
    const scene = stage()
    for (let at = 0; at < DEFAULTS.watchers; at++) await scene.orchestrator.watchAll({})
    expect(await scene.orchestrator.watchAll({})).toEqual({ kind: 'no-place' })
    expect(await scene.orchestrator.watch({ id: 's1', after: -1 })).toEqual({ kind: 'no-place' })
    await scene.stop()
  })

  test('C7 without watchers nothing listens, and no timer is left', async () => {
    const scene = stage()
    await scene.settle()
    const { timers } = scene.runtime
    const reader = await watchAll(scene)
    await reader.leave()
    await scene.runtime.advance(DEFAULTS.watchLinger)
    expect(scene.runtime.timers).toBe(timers)
    await scene.stop()
  })
})
