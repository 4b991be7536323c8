import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { ProcessRecords } from '../../../../src/orchestrator/operators/process-records.ts'
import { NOW } from '../../../../testing/contract/build.ts'
import { create } from '../../../../testing/contract/saves.ts'
import { bulkStage, HOLD } from './bulk-stage.ts'
import { everyResult, resultsOf } from './bulk-results.ts'

describe('bulk operations', () => {
  test('P25 every saga of the filter has one result, in pages', async () => {
    const { runtime, process, written } = await bulkStage(230)
    const bulk = process()
    const begun = await bulk.begin({ ...HOLD, rate: 1_000 })
    expect(begun).toMatchObject({ kind: 'begun', operation: { status: 'running', chunks: 0 } })
    await runtime.advance(5_000)
    const ended = await bulk.read('op-1')
    expect(ended).toMatchObject({ status: 'done', counts: { done: 230, repeated: 0, conflict: 0 } })
    expect(ended?.lease).toBeUndefined()
    const items = await everyResult(bulk, 33)
    expect(items.map(({ sagaId }) => sagaId)).toEqual(Array.from({ length: 230 }, (_, at) => `saga-${229 - at}`))
    expect([...written.values()].every((ids) => ids.length === 1 && ids[0] === 'bulk/op-1')).toBe(true)
  })

  test('P25 no more sagas a second are taken than the rate', async () => {
    const { runtime, process, written } = await bulkStage(100)
    const bulk = process()
    await bulk.begin({ ...HOLD, rate: 10 })
    for (const seconds of [1, 2, 3, 4]) {
      await runtime.advance(1_000)
      expect(Math.abs(written.size - 10 * seconds)).toBeLessThanOrEqual(2)
    }
    await runtime.advance(10_000)
    expect(written.size).toBe(100)
  })

  test('P25 sagas that are created meanwhile are not among the items', async () => {
    const { runtime, store, process, written } = await bulkStage(30)
    const bulk = process()
    await bulk.begin({ ...HOLD, rate: 10 })
    await runtime.advance(1_000)
    await create(store, { id: 'young', at: NOW + 10_000 })
    await runtime.advance(10_000)
    expect(written.has('young')).toBe(false)
    expect(await bulk.read('op-1')).toMatchObject({ status: 'done', counts: { done: 30 } })
  })

  test('P25 begin, continuation and end are logged once, and results are counted once', async () => {
    const { runtime, process, metrics, answers, looking } = await bulkStage(60)
    answers.set('saga-25', () => new Promise(() => undefined))
    await process().begin({ ...HOLD, rate: 20 })
    await runtime.advance(4_000)
    answers.delete('saga-25')
    const second = looking()
    await runtime.advance(2 * DEFAULTS.bulkLease)
    const lines = runtime.logged.filter(({ code }) => code.startsWith('bulk.')).map(({ code }) => code)
    expect(lines).toEqual(['bulk.begun', 'bulk.continued', 'bulk.ended'])
    const continued = runtime.logged.find(({ code }) => code === 'bulk.continued')
    expect(continued?.fields).toMatchObject({ operation: 'op-1', action: 'hold', status: 'running' })
    expect(metrics.times('bulk item done') + metrics.times('bulk item repeated')).toBe(60)
    expect([metrics.times('open operations 1') > 0, metrics.lines.at(-1)]).toEqual([true, 'open operations 0'])
    await second.stop(1_000)
  })

  test('P25 a result that is too long is cut, says so, and never exceeds a record', async () => {
    const { runtime, process, answers } = await bulkStage(120)
    const state = '\u{1F600}'.repeat(300)
    for (let at = 0; at < 120; at++) {
      answers.set(`saga-${at}`, async ({ sagaId }) =>
        at % 2 === 0
          ? { kind: 'refused', sagaId, why: '\u0001'.repeat(5_000) }
          : { kind: 'done', sagaId, state, details: { sent: ['\u0001'.repeat(5_000)] } },
      )
    }
    const bulk = process()
    await bulk.begin({ ...HOLD, rate: 1_000 })
    await runtime.advance(5_000)
    expect(await bulk.read('op-1')).toMatchObject({ status: 'done', counts: { done: 60, refused: 60 } })
    const items = await everyResult(bulk, 33)
    expect([items.length, items.every(({ isCut }) => isCut)]).toEqual([120, true])
    expect(items.every(({ why = '', details }) => why.length < 200 && details === undefined)).toBe(true)
  })

  test('P25 each outcome is one of the results, with its reason', async () => {
    const { runtime, process, answers } = await bulkStage(6)
    answers.set('saga-0', async ({ sagaId }) => ({ kind: 'refused', sagaId, why: 'it is final' }))
    answers.set('saga-1', async ({ sagaId }) => ({ kind: 'unknown-saga', sagaId }))
    answers.set('saga-2', async () => ({ kind: 'unavailable', why: 'others were faster' }))
    answers.set('saga-3', async () => ({ kind: 'too-large', limit: 7 }))
    answers.set('saga-4', async ({ sagaId }) => ({ kind: 'unreadable', sagaId, why: 'cut off' }))
    const bulk = process()
    await bulk.begin(HOLD)
    await runtime.advance(10_000)
    expect((await resultsOf(bulk, 10)).items).toEqual([
      { sagaId: 'saga-5', outcome: 'done', state: 'open', details: {} },
      { sagaId: 'saga-4', outcome: 'refused', why: 'the saga is damaged in the store: cut off' },
      { sagaId: 'saga-3', outcome: 'refused', why: 'the saga would be larger than its limit of 7 bytes' },
      { sagaId: 'saga-2', outcome: 'conflict', why: 'others were faster' },
      { sagaId: 'saga-1', outcome: 'unknown', why: 'there is no such saga any more' },
      { sagaId: 'saga-0', outcome: 'refused', why: 'it is final' },
    ])
    expect((await bulk.read('op-1'))?.counts).toEqual({ done: 1, repeated: 0, conflict: 1, refused: 3, unknown: 1 })
  })

  test('P8 a repeat has the same operation, and another body is a mismatch', async () => {
    const { runtime, process } = await bulkStage(3)
    const bulk = process()
    const keyed = { ...HOLD, fingerprint: 'a' }
    const both = await Promise.all([bulk.begin(keyed), bulk.begin(keyed)])
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['begun', 'repeated'])
    expect(await bulk.begin({ ...HOLD, fingerprint: 'b' })).toMatchObject({
      kind: 'mismatch',
      operation: { id: 'op-1' },
    })
    await runtime.advance(5_000)
    expect(await bulk.begin(keyed)).toMatchObject({ kind: 'repeated', operation: { status: 'done' } })
  })

  test('P16 open operations and kept ones are bounded', async () => {
    const { runtime, process, records } = await bulkStage(1)
    const bulk = process()
    for (let made = 0; made < 104; made++) {
      await runtime.advance(1_000)
      expect(await bulk.begin({ ...HOLD, id: `op-${made}` })).toMatchObject({ kind: 'begun' })
    }
    await runtime.advance(5_000)
    const kept = await bulk.all()
    expect(kept).toHaveLength(100)
    expect(kept[0]?.id).toBe('op-103')
    expect(await bulk.read('op-3')).toBeUndefined()
    expect((await records.keys('results/op-3/', 10)).length).toBe(0)
    const begun = await Promise.all(
      Array.from({ length: 21 }, (_, at) => at).map((at) => bulk.begin({ ...HOLD, id: `more-${at}` })),
    )
    expect(begun.filter(({ kind }) => kind === 'begun').length).toBeGreaterThanOrEqual(20)
    const metadata = { text: 'x'.repeat(50_000) }
    expect(await bulk.begin({ ...HOLD, id: 'big', action: { kind: 'patch-metadata', metadata } })).toEqual({
      kind: 'too-large',
    })
  })

  test('P16 a process without records in its store forgets the oldest results', async () => {
    const { runtime, process } = await bulkStage(230, true, new ProcessRecords(10_000))
    const bulk = process()
    await bulk.begin({ ...HOLD, rate: 1_000 })
    await runtime.advance(5_000)
    expect(await bulk.read('op-1')).toMatchObject({ status: 'done', counts: { done: 230 } })
    const items = await everyResult(bulk, 33)
    expect(items.length).toBeGreaterThan(50)
    expect(items.map(({ sagaId }) => sagaId)).toEqual(Array.from(items, (_, at) => `saga-${items.length - 1 - at}`))
    expect(items.length).toBeLessThan(230)
    expect((await resultsOf(bulk, 10)).areForgotten).toBe(true)
  })

  test('P25 a dry run counts, shows the first outcomes and writes nothing', async () => {
    const { process, answers, written } = await bulkStage(450)
    answers.set('saga-448', async ({ sagaId, dryRun }) => ({ kind: 'refused', sagaId, why: `dry run: ${dryRun}` }))
    expect(await process().preview(HOLD, 2)).toEqual({
      matches: 450,
      isComplete: true,
      items: [
        { sagaId: 'saga-449', outcome: 'done', state: 'open', details: {} },
        { sagaId: 'saga-448', outcome: 'refused', why: 'dry run: true' },
      ],
    })
    expect(await process().preview({ ...HOLD, filter: { associatedEntityId: 'nobody' } }, 2)).toMatchObject({
      matches: 0,
    })
    expect(written.size).toBe(0)
  })
})
