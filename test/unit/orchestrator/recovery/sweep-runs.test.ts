import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { SweepSignal } from '../../../../src/orchestrator/recovery/sweep-signal.ts'
import type { Lane } from '../../../../src/orchestrator/sending/lane.ts'
import type { Loaded } from '../../../../src/ports/persistency.ts'
import { world } from './sweep-stage.ts'

const skippedAt = { kind: 'fresh', at: undefined, until: 0 } as const

describe('runs of the sweep', () => {
  test('I9 it runs at the start and every second, until it is stopped', async () => {
    const { sweep, runtime, lookedAt } = world()
    sweep.start()
    await runtime.advance(2_500)
    expect(lookedAt()).toEqual([0, 1_000, 2_000])
    sweep.wakeAt(runtime.wallClock() + 100)
    await sweep.stop()
    sweep.wakeAt(runtime.wallClock() + 50)
    sweep.freed()
    await runtime.advance(5_000)
    expect(lookedAt()).toEqual([])
  })

  test('I9 stop waits for the run under way', async () => {
    const { sweep, runtime, store } = world()
    const page = Promise.withResolvers<readonly Loaded[]>()
    store.page = () => page.promise
    sweep.start()
    await runtime.settle()
    let isStopped = false
    const stopping = sweep.stop().then(() => (isStopped = true))
    await runtime.settle()
    expect(isStopped).toBe(false)
    page.resolve([])
    await stopping
  })

  test('P18 it runs when something comes due before its next tick, the earliest first', async () => {
    const { sweep, runtime, started, lookedAt } = world()
    await started()
    const now = runtime.wallClock()
    for (const wait of [400, 300, 500, 1_000, 5_000]) sweep.wakeAt(now + wait)
    await runtime.advance(999)
    expect(lookedAt()).toEqual([300])
    sweep.wakeAt(now - 60_000)
    await runtime.advance(2)
    expect(lookedAt()).toEqual([1_000])
  })

  test('P18 an instant that has passed is looked at soon, from that instant on', async () => {
    const { sweep, runtime, started, looks } = world()
    await started()
    const due = runtime.wallClock() - 40
    sweep.wakeAt(due)
    await runtime.advance(1)
    expect(looks).toEqual([{ at: 1, after: { due, id: '' } }])
  })

  test('I5 news of capacity is looked at where a command waits for it, and news of every lane always', async () => {
    const { sweep, runtime, started, lookedAt, scanProgress, leases } = world()
    await started()
    const isHeard = async (lane?: Lane) => {
      sweep.freed(lane)
      await runtime.advance(1)
      return lookedAt().length > 0
    }
    expect([await isHeard('bank'), await isHeard('shop')]).toEqual([false, false])
    scanProgress.skipped('bank', skippedAt)
    leases.forget({ id: 's1/0/0', sagaId: 's1', channel: 'shop', due: 1 })
    expect([await isHeard('bank'), await isHeard('shop'), await isHeard('desk'), await isHeard()]).toEqual([
      true,
      true,
      false,
      true,
    ])
  })

  test('I9 a run that begins afresh follows the one under way; other calls share that one', async () => {
    const { sweep, runtime, store, started, looks } = world()
    await started()
    const page = Promise.withResolvers<readonly Loaded[]>()
    store.page = () => page.promise
    const first = sweep.run()
    expect(sweep.run()).toBe(first)
    const afresh = sweep.runAfresh()
    await runtime.settle()
    expect(looks).toHaveLength(1)
    page.resolve([])
    await Promise.all([first, afresh])
    expect(looks).toHaveLength(2)
  })

  test('P18 what comes due with the next tick needs no run of its own', async () => {
    const { sweep, runtime, started } = world()
    await started()
    const timers = runtime.timers
    sweep.wakeAt(runtime.wallClock() + DEFAULTS.sweep)
    expect(runtime.timers).toBe(timers)
    sweep.wakeAt(runtime.wallClock() + DEFAULTS.sweep - 1)
    expect(runtime.timers).toBe(timers + 1)
  })

  test('I5 the next run comes at once while a skipped lane hungers', async () => {
    const { runtime, started, scanProgress, lookedAt } = world({ hungry: ['bank'], room: [] })
    await started()
    scanProgress.skipped('bank', skippedAt)
    await runtime.advance(1_002)
    expect(lookedAt()).toEqual([1_000, 1_001, 1_002])
  })

  test('I5 one run catches up every lane that has room, and then waits for the next second', async () => {
    const { runtime, started, looks, scanProgress, lookedAt } = world({ hungry: ['bank', 'shop'] })
    await started()
    for (const lane of ['bank', 'shop', 'desk']) scanProgress.skipped(lane, skippedAt)
    await runtime.advance(1_000)
    expect([looks.length, scanProgress.catchUps]).toEqual([3, 1])
    lookedAt()
    scanProgress.skipped('bank', skippedAt)
    await runtime.advance(1_000)
    expect(lookedAt()).toEqual([2_000])
  })

  test('P17 on a shared store the last seconds are read again: others may write late, or with a clock behind', async () => {
    const [own, others] = [world(), world({ shared: true })]
    const placeOf = async ({ started, runtime, looks }: ReturnType<typeof world>) => {
      await started()
      await runtime.advance(10_000)
      looks.length = 0
      await runtime.advance(1_000)
      return runtime.wallClock() - (looks[0]?.after?.due ?? 0)
    }
    expect([await placeOf(own), await placeOf(others)]).toEqual([1_000, DEFAULTS.clockTolerance])
  })
})

describe('news for the sweep', () => {
  test('P19 without a sweep they have no effect; with one they reach it', () => {
    const [signal, heard]: [SweepSignal, unknown[]] = [new SweepSignal(), []]
    signal.wakeAt(1)
    signal.freed('bank')
    signal.connect({ wakeAt: (due) => void heard.push(due), freed: (lane) => void heard.push(lane) })
    signal.wakeAt(7)
    signal.freed('shop')
    signal.freed()
    expect(heard).toEqual([7, 'shop', undefined])
  })
})
