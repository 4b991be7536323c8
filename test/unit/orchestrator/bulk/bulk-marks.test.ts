import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { bulkStage, HOLD } from './bulk-stage.ts'

describe('bulk operations: marks of those that are open', () => {
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

  test('P25 an operation has its mark, although another process takes an old one away after it is written', async () => {
    const { runtime, process, records, answers, looking } = await bulkStage(1)
    const remove = records.remove.bind(records)
    let turns = 0
    answers.set('saga-0', ({ sagaId }) =>
      // The process that begins ends in the middle of its page.
      turns++ === 0
        ? new Promise(() => undefined)
        : Promise.resolve({ kind: 'done', sagaId, state: 'held', details: {} }),
    )
    await records.write('open/operation/op-1', String(runtime.wallClock()), 'absent') // of a process that has ended
    await runtime.advance(DEFAULTS.bulkLease + 1)
    let isBegun = false
    records.remove = async (key) => {
      if (!isBegun) await process().begin(HOLD)
      isBegun = true
      await remove(key)
    }
    const bulk = looking()
    await runtime.settle()
    expect(isBegun).toBe(true)
    expect(await records.keys('open/', 10)).toEqual(['open/operation/op-1'])
    await runtime.advance(2 * DEFAULTS.bulkLease)
    expect(await bulk.read('op-1')).toMatchObject({ status: 'done', counts: { done: 1 } })
    expect(await records.keys('open/', 10)).toEqual([])
  })

  test('P25 a repeat of the request gives a running operation its mark, where it has none', async () => {
    const { runtime, process, records, answers } = await bulkStage(1)
    answers.set('saga-0', () => new Promise(() => undefined))
    await process().begin(HOLD)
    await runtime.settle()
    await records.remove('open/operation/op-1')
    expect(await process().begin(HOLD)).toMatchObject({ kind: 'repeated', operation: { status: 'running' } })
    expect(await records.keys('open/', 10)).toEqual(['open/operation/op-1'])
  })

  test('P25 a repeat gives no mark to an operation that has ended', async () => {
    const { runtime, process, records } = await bulkStage(1)
    const bulk = process()
    await bulk.begin(HOLD)
    await runtime.advance(1_000)
    expect(await bulk.begin(HOLD)).toMatchObject({ kind: 'repeated', operation: { status: 'done' } })
    expect(await records.keys('open/', 10)).toEqual([])
  })
})
