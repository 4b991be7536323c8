import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { bulkStage, HOLD } from './bulk-stage.ts'
import { lines } from './bulk-results.ts'

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

describe('P25 a run whose operation goes on elsewhere', () => {
  test.each([
    ['another process has the lease', { lease: { runner: 'x', until: Number.MAX_SAFE_INTEGER } }],
    ['another run of its process has counted the page', { chunks: 1 }],
  ])('P25 %s: it counts nothing, and takes no further saga', async (_, taken) => {
    const { runtime, process, records, written, metrics } = await bulkStage(120)
    const write = records.write.bind(records)
    let other: object | undefined
    records.write = async (key, text, version) => {
      const { chunks } = JSON.parse(text) as { readonly chunks?: number }
      if (other === undefined && key === 'operation/op-1' && chunks === 1) {
        other = { ...(JSON.parse((await records.read(key))?.text ?? '') as object), ...taken }
        await write(key, JSON.stringify(other), version)
      }
      return write(key, text, version)
    }
    await process().begin({ ...HOLD, rate: 1_000 })
    await runtime.advance(5_000)
    expect(JSON.parse((await records.read('operation/op-1'))?.text ?? '')).toEqual(other)
    expect(written.size).toBeLessThan(120)
    expect(metrics.lines.filter((line) => line.startsWith('bulk item'))).toEqual([])
  })
})
