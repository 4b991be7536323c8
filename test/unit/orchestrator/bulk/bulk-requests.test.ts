import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { BulkOperations } from '../../../../src/orchestrator/bulk/bulk-operations.ts'
import { previewBulk } from '../../../../src/orchestrator/bulk/bulk-preview.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import type { Persistency } from '../../../../src/ports/persistency.ts'
import { bulkStage, HOLD } from './bulk-stage.ts'
import type { BulkStage } from './bulk-stage.ts'
import { resultsOf } from './bulk-results.ts'

const BY = { operator: 'zoe', reason: 'wrong filter' }

/** Lines of the log by code, with their fields. */
function lines({ runtime }: BulkStage, code: string) {
  return runtime.logged.filter((line) => line.code === code).map(({ fields }) => fields)
}

describe('P25 an operation that has ended', () => {
  test('P25 it cannot be cancelled any more, and has all of its results', async () => {
    const { runtime, process } = await bulkStage(3)
    const bulk = process()
    await bulk.begin(HOLD)
    await runtime.advance(5_000)
    const operation = await bulk.read('op-1')
    expect(operation?.status).toBe('done')
    expect(await bulk.cancel('op-1', BY)).toEqual({ kind: 'ended', operation })
    const first = await resultsOf(bulk, 2)
    expect(first).toMatchObject({ end: { chunk: 0, at: 2 }, isLast: false, areForgotten: false })
    expect(first.items).toHaveLength(2)
    expect(await resultsOf(bulk, 2, first.end)).toMatchObject({
      items: [{ sagaId: 'saga-0' }],
      end: { chunk: 1, at: 0 },
      isLast: true,
      areForgotten: false,
    })
  })

  test('P25 a cancellation is logged with its author and its reason, and the end of a run without', async () => {
    const scene = await bulkStage(100)
    const bulk = scene.process()
    await bulk.begin({ ...HOLD, rate: 10 })
    await scene.runtime.advance(1_000)
    await bulk.cancel('op-1', BY)
    await scene.runtime.advance(10_000)
    expect(lines(scene, 'bulk.ended')).toMatchObject([
      { operation: 'op-1', status: 'cancelled', cancelledBy: 'zoe', cancelReason: 'wrong filter' },
    ])
  })
})

describe('P25 the runs of a process', () => {
  test('P25 a look begins no second run beside one that goes on', async () => {
    const scene = await bulkStage(40)
    const asked: string[] = []
    for (let at = 0; at < 40; at++)
      scene.answers.set(`saga-${at}`, async ({ sagaId }) => {
        asked.push(sagaId)
        return { kind: 'done', sagaId, state: 'open', details: {} }
      })
    const bulk = scene.process()
    await bulk.begin({ ...HOLD, rate: 20 })
    await scene.runtime.advance(500)
    void bulk.resume(['open/operation/op-1'])
    await scene.runtime.advance(10_000)
    expect(await bulk.read('op-1')).toMatchObject({ status: 'done', counts: { done: 40, repeated: 0 } })
    expect(asked.toSorted()).toEqual([...new Set(asked)].toSorted())
  })

  test('P19 a host that ends with its requests is asked to wait for a run', async () => {
    const { runtime, process, written } = await bulkStage(10)
    await process().begin({ ...HOLD, rate: 10 })
    let hasEnded = false
    const finished = runtime.finished().then(() => (hasEnded = true))
    await runtime.advance(500)
    expect(hasEnded).toBe(false)
    await runtime.advance(10_000)
    await finished
    expect(written.size).toBe(10)
  })

  test('P20 a run that fails says which, and what with', async () => {
    const scene = await bulkStage(1)
    scene.answers.set('saga-0', () => Promise.reject(new Error('it broke')))
    await scene.process().begin(HOLD)
    await scene.runtime.advance(1_000)
    expect(lines(scene, 'bulk.failed')).toEqual([{ why: 'carry out operation "op-1": it broke' }])
  })

  test('P20 old operations that cannot be removed are logged, and the new one goes on', async () => {
    const scene = await bulkStage(1)
    const keys = scene.records.keys.bind(scene.records)
    scene.records.keys = async (prefix, ...given) => {
      if (prefix === 'operation/') throw new Error('no answer')
      return keys(prefix, ...given)
    }
    const bulk = scene.process()
    expect((await bulk.begin(HOLD)).kind).toBe('begun')
    await scene.runtime.advance(5_000)
    expect(lines(scene, 'bulk.failed')).toEqual([{ why: 'remove old operations: no answer' }])
    expect((await bulk.read('op-1'))?.status).toBe('done')
  })

  test('P25 a mark without an operation stays while its operation may follow, then it goes', async () => {
    const { runtime, process, records } = await bulkStage(1)
    const open = 'open/operation/lost'
    await records.write(open, String(runtime.wallClock()), 'absent')
    await runtime.advance(DEFAULTS.bulkLease)
    await process().resume([open])
    expect(await records.keys('open/', 10)).toEqual([open])
    await runtime.advance(1)
    await process().resume([open])
    expect(await records.keys('open/', 10)).toEqual([])
  })

  test('P25 an operation of which another process holds the lease is left to it until its end', async () => {
    const { runtime, process, records, written } = await bulkStage(2)
    const until = runtime.wallClock() + 1_000
    const operation = { ...HOLD, status: 'running', startedAt: 1, counts: {}, chunks: 0, lease: { runner: 'x', until } }
    await records.write('operation/op-1', JSON.stringify(operation), 'absent')
    const bulk = process()
    await runtime.advance(999)
    await bulk.resume(['open/operation/op-1'])
    expect(written.size).toBe(0)
    await runtime.advance(1)
    void bulk.resume(['open/operation/op-1'])
    await runtime.advance(5_000)
    expect(written.size).toBe(2)
  })
})

describe('P25 a store without a list', () => {
  test('P25 it can neither count the sagas of an operation nor carry it out', async () => {
    const scene = await bulkStage(1)
    const persistency: Persistency = Object.assign(Object.create(scene.store) as Persistency, {
      name: 'own',
      can: { ...scene.store.can, list: false },
    })
    const { runtime, records, metrics } = scene
    const operator = { operate: () => Promise.reject(new Error('nothing is asked for')) }
    const incidents = new Incidents(runtime)
    const bulk = new BulkOperations({ persistency, records, operator, runtime, metrics, incidents })
    expect(() => bulk.preview(HOLD, 1)).toThrow(new Error('count the sagas of the store "own": it cannot list'))
    await bulk.begin(HOLD)
    await runtime.advance(1_000)
    expect(lines(scene, 'bulk.failed')).toEqual([
      { why: 'carry out operation "op-1": list sagas of the store "own": it cannot list' },
    ])
  })
})

describe('P25 a dry run of an operation', () => {
  test('P25 the count ends at its deadline, and says that it is not complete', async () => {
    const { runtime, store } = await bulkStage(0)
    const operate = async ({ sagaId }: { readonly sagaId: string }) => {
      return { kind: 'done', sagaId, state: 'open', details: {} } as const
    }
    const saga = { id: 's1', createdAt: 1 } as never
    const unreadable = [{ id: 'bad', createdAt: 1, why: 'no JSON' }]
    let reads = 0
    const read = async () => {
      reads++
      await new Promise<void>((resolve) => runtime.after(1_000, resolve))
      return { items: [saga], unreadable, next: { createdAt: 1, id: 's1' } }
    }
    const parts = { operator: { operate }, persistency: store, runtime }
    const previewing = previewBulk(parts, { request: HOLD, sample: 2 }, read)
    await runtime.advance(DEFAULTS.bulkCount)
    expect(await previewing).toEqual({
      matches: 10,
      isComplete: false,
      items: [
        { sagaId: 's1', outcome: 'done', state: 'open', details: {} },
        { sagaId: 'bad', outcome: 'refused', why: 'the saga is damaged in the store: no JSON' },
      ],
    })
    expect(reads).toBe(5)
  })
})
