import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { BulkOperations } from '../../../../src/orchestrator/bulk/bulk-operations.ts'
import { previewBulk } from '../../../../src/orchestrator/bulk/bulk-preview.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import type { Persistency } from '../../../../src/ports/persistency.ts'
import { bulkStage, HOLD } from './bulk-stage.ts'
import { lines, resultsOf } from './bulk-results.ts'

const BY = { operator: 'zoe', reason: 'wrong filter' }

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
