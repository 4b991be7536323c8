import { describe, expect, test } from 'vitest'
import { world } from './sweep-stage.ts'

describe('a run that cannot be', () => {
  test('P18 P20 an outage of the store is logged with its reason; deadlines wait for the sources then, and runs go on', async () => {
    const { runtime, started, store, graces, lookedAt } = world()
    await started()
    store.page = () => Promise.reject(new Error('the store is away'))
    await runtime.advance(1_000)
    expect(runtime.logged.at(-1)).toMatchObject({ code: 'sweep.failed', fields: { why: 'the store is away' } })
    expect(graces).toEqual([1_000])
    store.page = () => Promise.resolve([])
    await runtime.advance(9_000)
    expect(lookedAt()).toHaveLength(10)
    expect(runtime.logged.at(-1)).toMatchObject({ code: 'sweep.resumed' })
  })

  test('P23 with a clock that differs from the store’s nothing is read', async () => {
    const { runtime, started, clock, lookedAt } = world()
    await started()
    clock.agrees = false
    await runtime.advance(5_000)
    expect(lookedAt()).toEqual([])
  })

  test('P23 after a clock was set everything is read anew, once, and deadlines wait for the sources', async () => {
    const { runtime, started, clock, looks, graces } = world()
    await started()
    runtime.jump(-3_600_000)
    clock.jumps = 1
    await runtime.advance(1_000)
    const now = runtime.wallClock()
    expect(looks.map(({ after }) => after)).toEqual([{ due: now, id: '' }, undefined, { due: now + 70_000, id: '' }])
    looks.length = 0
    await runtime.advance(1_000)
    expect([looks.length, graces]).toEqual([1, [1_000]])
  })
})
