import { describe, expect, test } from 'vitest'
import { BUSY, DELIVERED } from '../../../fakes/channel.ts'
import { passing, stage } from '../stage.ts'
import { namesOf } from '../../../services/read-stream.ts'
import type { StreamReader } from '../../../services/read-stream.ts'
import { watch, watching } from './watch-stage.ts'

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
