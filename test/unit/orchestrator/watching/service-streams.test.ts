import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { readStream } from '../../../services/read-stream.ts'
import type { StreamReader } from '../../../services/read-stream.ts'
import { stage } from '../stage.ts'
import type { Stage } from '../stage.ts'
import { listeners } from './watch-stage.ts'

async function bodyOf(scene: Stage, gone?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const watched = await scene.orchestrator.watchAll({}, gone)
  if (watched.kind !== 'open') throw new Error(`watch all sagas: ${watched.kind}`)
  return watched.body
}

async function watchAll(scene: Stage, gone?: AbortSignal): Promise<StreamReader> {
  const reader = readStream(await bodyOf(scene, gone))
  await scene.settle()
  return reader
}

const sagas = ({ events }: StreamReader) => events.map(({ data }) => data['sagaId']).filter(Boolean)

describe('C7 the frames of a stream of all sagas', () => {
  test('C7 nothing but whole frames, those of some milliseconds together', async () => {
    const scene = stage()
    const reader = (await bodyOf(scene)).getReader()
    const text = async () => new TextDecoder().decode((await reader.read()).value)
    const hello = await text()
    for (const id of ['s1', 's2']) await scene.create(id)
    await scene.runtime.advance(DEFAULTS.watchFlush)
    await scene.create('s3')
    await scene.runtime.advance(DEFAULTS.watchFlush)
    const frame = String.raw`id: \w+\.\d+\nevent: step\ndata: \{.*\}\n\n`
    expect(hello).toMatch(/^retry: 3000\n\nid: \w+\.0\nevent: watch\ndata: \{.*\}\n\n$/)
    expect(await text()).toMatch(new RegExp(`^(?:${frame}){3}$`))
    await scene.stop()
  })

  test('C7 a step is told after the time of its batch, not before', async () => {
    const scene = stage()
    const reader = await watchAll(scene)
    await scene.create()
    expect(sagas(reader)).toEqual([])
    await scene.runtime.advance(DEFAULTS.watchFlush)
    expect(sagas(reader)).toEqual(['s1'])
    await scene.stop()
  })

  test('C7 P10 parked events and dead letters are numbers of a step, absent without any', async () => {
    const scene = stage({ unexpectedEvents: 'park' })
    const reader = await watchAll(scene)
    await scene.create()
    await scene.tell('never', 'key/never')
    await scene.tell('validationOK')
    await scene.runtime.advance(DEFAULTS.watchFlush)
    const [created, moved] = reader.events.filter(({ event }) => event === 'step')
    expect(created?.data).not.toHaveProperty('parked')
    expect(created?.data).not.toHaveProperty('deadLetters')
    expect(created?.data).toMatchObject({ associatedEntityId: 'e', isFinal: false })
    expect(moved?.data).toMatchObject({ step: 1, parked: 1 })
    await scene.stop()
  })
})

describe('C7 clients of a stream of all sagas', () => {
  test('C7 one that is gone by its signal gives its place back; the signal keeps nothing of one that left', async () => {
    const scene = stage()
    const gone = new AbortController()
    const reader = await watchAll(scene, gone.signal)
    expect(getEventListeners(gone.signal, 'abort')).toHaveLength(1)
    await reader.leave()
    expect(getEventListeners(gone.signal, 'abort')).toEqual([])
    await watchAll(scene, gone.signal)
    gone.abort()
    const watching = scene.metrics.lines.filter((line) => line.startsWith('watching'))
    expect(watching).toEqual(['watching all 1', 'watching all -1', 'watching all 1', 'watching all -1'])
    await scene.stop()
  })

  test('C7 one that was gone before leaves no timer', async () => {
    const scene = stage()
    const { timers } = scene.runtime
    const reader = await watchAll(scene, AbortSignal.abort())
    expect([reader.events, scene.runtime.timers]).toEqual([[], timers])
    await scene.stop()
  })

  test('C7 one that leaves takes nothing from the others, however long ago', async () => {
    const scene = stage()
    const [first, second] = [await watchAll(scene), await watchAll(scene)]
    await first.leave()
    await scene.runtime.advance(2 * DEFAULTS.watchLinger)
    await scene.create()
    await scene.runtime.advance(DEFAULTS.watchFlush)
    expect(sagas(second)).toEqual(['s1'])
    await scene.stop()
  })

  test('C7 the feed has one listener of each kind for all of them, and none a while after the last has left', async () => {
    const scene = stage()
    const count = listeners(scene)
    const readers = [await watchAll(scene), await watchAll(scene)]
    expect(count()).toBe(2)
    for (const { leave } of readers) await leave()
    await scene.runtime.advance(DEFAULTS.watchLinger - 1)
    expect(count()).toBe(2)
    await scene.runtime.advance(1)
    expect(count()).toBe(0)
    await scene.stop()
  })

  test('C7 a service that stops waits for no client that may come back', async () => {
    const scene = stage()
    const { timers } = scene.runtime
    const reader = await watchAll(scene)
    await reader.leave()
    expect(scene.runtime.timers).toBe(timers + 1)
    scene.orchestrator.endWatches()
    expect(scene.runtime.timers).toBe(timers)
    await scene.stop()
  })
})
