import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { move } from '../../../../testing/contract/saves.ts'
import { bulkStage, HOLD } from './bulk-stage.ts'
import { everyResult } from './bulk-results.ts'

describe('bulk operations: interruptions', () => {
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
