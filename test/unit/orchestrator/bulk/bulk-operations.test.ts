import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { BulkItem } from '../../../../src/orchestrator/bulk/bulk-operation.ts'
import type { BulkOperations, ResultPage, ResultPlace } from '../../../../src/orchestrator/bulk/bulk-operations.ts'
import { ProcessRecords } from '../../../../src/orchestrator/operators/process-records.ts'
import { NOW } from '../../../../testing/contract/build.ts'
import { create, move } from '../../../../testing/contract/saves.ts'
import { bulkStage, HOLD } from './bulk-stage.ts'

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

  test('P25 another process goes on when the lease ends, and nothing is done twice', async () => {
    const { runtime, process, written, answers, looking } = await bulkStage(60)
    // The first process stands still in the middle of a page, for ever.
    answers.set('saga-25', () => new Promise(() => undefined))
    const first = process()
    await first.begin({ ...HOLD, rate: 20 })
    await runtime.advance(4_000)
    answers.delete('saga-25')
    const before = written.size
    expect(before).toBeGreaterThan(20)
    const second = looking()
    await runtime.advance(DEFAULTS.bulkLease - 6_000)
    expect(written.size).toBe(before)
    await runtime.advance(20_000)
    const ended = await second.read('op-1')
    expect(ended?.status).toBe('done')
    expect(written.size).toBe(60)
    expect([...written.values()].every((ids) => ids.length === 1)).toBe(true)
    const { done = 0, repeated = 0 } = ended?.counts ?? {}
    expect([done + repeated, repeated > 0]).toEqual([60, true])
    expect(new Set((await everyResult(second, 100)).map(({ sagaId }) => sagaId)).size).toBe(60)
    await second.stop(1_000)
  })

  test('P25 sagas that match no more after they were done have a result too, over the end of their process', async () => {
    const { runtime, process, looking, store, written, answers } = await bulkStage(60)
    for (let at = 0; at < 60; at++) {
      answers.set(`saga-${at}`, async ({ sagaId, id }) => {
        const loaded = await store.load(sagaId)
        if (loaded === undefined || loaded.saga.state !== 'open') return { kind: 'repeated', sagaId, state: 'paying' }
        await move(store, loaded, 'reserved')
        written.set(sagaId, [...(written.get(sagaId) ?? []), id])
        return { kind: 'done', sagaId, state: 'paying', details: {} }
      })
    }
    const usual = answers.get('saga-25')
    answers.set('saga-25', () => new Promise(() => undefined))
    await process().begin({ ...HOLD, filter: { currentState: 'open' }, rate: 20 })
    await runtime.advance(4_000)
    if (usual !== undefined) answers.set('saga-25', usual)
    const second = looking()
    await runtime.advance(2 * DEFAULTS.bulkLease)
    const items = await everyResult(second, 100)
    expect([items.length, new Set(items.map(({ sagaId }) => sagaId)).size]).toEqual([60, 60])
    expect(items.some(({ outcome }) => outcome === 'repeated')).toBe(true)
    expect([...written.values()].map((ids) => ids.length)).toEqual(Array.from({ length: 60 }, () => 1))
    await second.stop(1_000)
  })

  test('P25 results that were written before a crash are counted once', async () => {
    const { runtime, records, looking } = await bulkStage(40)
    const write = records.write.bind(records)
    let heads = 0
    records.write = async (key, text, version) => {
      if (key.startsWith('operation/') && version !== 'absent' && ++heads === 3) throw new Error('the store went away')
      return write(key, text, version)
    }
    const bulk = looking()
    await bulk.begin({ ...HOLD, rate: 20 })
    await runtime.advance(10_000)
    expect(await bulk.read('op-1')).toMatchObject({ status: 'done', counts: { done: 40, repeated: 0 }, chunks: 2 })
    expect(runtime.logged.map(({ code }) => code)).toContain('bulk.failed')
    await bulk.stop(1_000)
  })

  test('P25 an operation has its mark, although another process takes an old one away before it is written', async () => {
    const { process, records } = await bulkStage(1)
    const { write, remove } = { write: records.write.bind(records), remove: records.remove.bind(records) }
    records.write = async (key, text, version) => {
      if (key === 'operation/op-1' && version === 'absent') await remove('open/operation/op-1')
      return write(key, text, version)
    }
    await process().begin(HOLD)
    expect(await records.keys('open/', 10)).toEqual(['open/operation/op-1'])
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

  test('P25 a run that fails leaves nothing under way behind it', async () => {
    const { runtime, process, store, answers, written } = await bulkStage(50)
    answers.set('saga-49', async () => ({ kind: 'unavailable', why: 'no answer' }))
    store.probe = async () => ({ ok: false, why: 'no answer' })
    const bulk = process()
    await bulk.begin({ ...HOLD, rate: 10 })
    await runtime.advance(5_000)
    await bulk.idle()
    const before = written.size
    await runtime.advance(30_000)
    expect([before < 50, written.size]).toEqual([true, before])
  })

  test('P25 a process of a store that is not shared goes on at once', async () => {
    const { runtime, process, written, looking } = await bulkStage(60, false)
    const first = process()
    await first.begin({ ...HOLD, rate: 20 })
    await runtime.advance(900)
    const second = looking()
    await runtime.advance(10_000)
    expect(await second.read('op-1')).toMatchObject({ status: 'done' })
    expect([...written.values()].every((ids) => ids.length === 1)).toBe(true)
    await second.stop(1_000)
  })

  test('P25 a process that stops gives its lease back', async () => {
    const { runtime, process, written, looking } = await bulkStage(60)
    const [first, second] = [process(), looking()]
    await first.begin({ ...HOLD, rate: 20 })
    await runtime.advance(500)
    void first.stop(5_000)
    await runtime.advance(10_000)
    expect(await second.read('op-1')).toMatchObject({ status: 'done', counts: { done: 60, repeated: 0 } })
    expect(written.size).toBe(60)
    await second.stop(1_000)
  })

  test('P25 a cancelled operation ends after the page under way', async () => {
    const { runtime, process, written, records, looking } = await bulkStage(100)
    const [first, second] = [process(), looking()]
    await first.begin({ ...HOLD, rate: 10 })
    await runtime.advance(2_500)
    const by = { operator: 'zoe', reason: 'wrong filter' }
    expect(await second.cancel('op-1', by)).toMatchObject({
      kind: 'cancelled',
      operation: { status: 'cancelled', cancellation: by },
    })
    expect(await second.cancel('op-1', { operator: 'max', reason: 'too' })).toMatchObject({
      kind: 'cancelled',
      operation: { cancellation: by },
    })
    await runtime.advance(60_000)
    expect(written.size).toBeLessThanOrEqual(30)
    expect(await first.read('op-1')).toMatchObject({ status: 'cancelled', counts: { done: written.size } })
    expect(await records.keys('open/', 10)).toEqual([])
    expect(await second.cancel('op-2', by)).toEqual({ kind: 'unknown' })
    await second.stop(1_000)
  })

  test('P25 sagas that a process had changed before its end have a result, although the operation is cancelled', async () => {
    const { runtime, process, written, answers, looking } = await bulkStage(30)
    answers.set('saga-14', () => new Promise(() => undefined))
    await process().begin({ ...HOLD, rate: 20 })
    await runtime.advance(4_000)
    const changed = [...written.keys()]
    expect([changed.length > 10, changed.length < 30]).toEqual([true, true])
    answers.delete('saga-14')
    const second = looking()
    await second.cancel('op-1', { operator: 'zoe', reason: 'enough' })
    await runtime.advance(2 * DEFAULTS.bulkLease)
    expect(written.size).toBe(changed.length)
    const items = await everyResult(second, 100)
    expect(new Set(items.map(({ sagaId }) => sagaId))).toEqual(new Set(changed))
    const { status, counts } = (await second.read('op-1')) ?? expect.unreachable()
    expect([status, counts.done + counts.repeated, items.length]).toEqual(['cancelled', changed.length, changed.length])
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

  test('P20 while the store is away no saga is given up', async () => {
    const { runtime, store, answers, looking } = await bulkStage(5)
    let isAway = true
    answers.set('saga-2', async ({ sagaId }) =>
      isAway ? { kind: 'unavailable', why: 'no answer' } : { kind: 'done', sagaId, state: 'open', details: {} },
    )
    store.probe = async () => (isAway ? { ok: false, why: 'no answer' } : { ok: true })
    const bulk = looking()
    await bulk.begin(HOLD)
    await runtime.advance(10_000)
    expect(await bulk.read('op-1')).toMatchObject({ status: 'running', counts: { done: 0, conflict: 0 } })
    isAway = false
    await runtime.advance(10_000)
    expect(await bulk.read('op-1')).toMatchObject({ status: 'done', counts: { done: 1, repeated: 4, conflict: 0 } })
    await bulk.stop(1_000)
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

  test('P19 on a host without timers a run ends in time, and the next look goes on', async () => {
    const { runtime, process, records } = await bulkStage(100)
    await process().begin({ ...HOLD, rate: 10 }, runtime.monotonic() + 3_000)
    await runtime.advance(20_000)
    const before = await process().read('op-1')
    expect(before?.status).toBe('running')
    expect(before?.counts.done).toBeLessThanOrEqual(40)
    expect(before?.lease).toBeUndefined()
    void process().resume(await records.keys('open/', 10))
    await runtime.advance(20_000)
    expect(await process().read('op-1')).toMatchObject({ status: 'done', counts: { done: 100, repeated: 0 } })
  })
})

async function resultsOf(bulk: BulkOperations, limit: number, from?: ResultPlace): Promise<ResultPage> {
  return bulk.results((await bulk.read('op-1')) ?? expect.unreachable(), limit, from)
}

async function everyResult(bulk: BulkOperations, limit: number): Promise<readonly BulkItem[]> {
  const items: BulkItem[] = []
  for (let from: Parameters<BulkOperations['results']>[2]; ;) {
    const page = await resultsOf(bulk, limit, from)
    expect(page.items.length).toBeLessThanOrEqual(limit)
    items.push(...page.items)
    if (page.isLast) return items
    from = page.end
  }
}
