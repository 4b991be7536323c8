import { describe, expect, test } from 'vitest'
import { ConsumerProgress } from '../../../../adapters/channel/kafka/consumer/progress.ts'
import { Liveness } from '../../../../adapters/channel/kafka/consumer/liveness.ts'
import { assignmentOf } from '../../../fakes/kafka.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const SESSION = 10_000
const STUCK = { kind: 'stuck', why: 'a broken row', lastWritten: 0 } as const

function stage() {
  const [runtime, progress] = [simulatedRuntime(), new ConsumerProgress()]
  const liveness = new Liveness({ name: 'channel "orders", group "flow"', sessionTimeout: SESSION, progress, runtime })
  /** Why it does not do its work; none of that is a reason to start the process anew, which mends no broker. */
  const why = () => {
    expect(liveness.alive()).toEqual({ ok: true })
    const health = liveness.working()
    return health.ok ? undefined : health.why
  }
  const join = () => liveness.joined(assignmentOf({ orders: [0, 1] }))
  return { runtime, liveness, why, join, progress, orders: progress.of('orders', 0) }
}

describe('C7 whether a consumer does its work', () => {
  test('it is once it has joined', () => {
    const { liveness, join } = stage()
    join()
    expect([liveness.working(), liveness.isJoined]).toEqual([{ ok: true }, true])
  })

  test('it is not when the group is silent for longer than its session, and is again with the first word', async () => {
    const { runtime, liveness, why, join } = stage()
    join()
    await runtime.advance(SESSION)
    expect(why()).toBeUndefined()
    await runtime.advance(1)
    expect(why()).toBe('channel "orders", group "flow": no word from the group for 10 s')
    liveness.coordinatorAnswered()
    expect(why()).toBeUndefined()
  })

  test('joining may take 70 s, not longer', async () => {
    const { runtime, liveness, why } = stage()
    await runtime.advance(70_000)
    expect(why()).toBeUndefined()
    await runtime.advance(1_000)
    expect(why()).toMatch(/joining the group for 71 s/)
    liveness.joining()
    expect(why()).toBeUndefined()
  })

  test('dividing the partitions anew is joining', async () => {
    const { runtime, liveness, why, join } = stage()
    join()
    await runtime.advance(5_000)
    liveness.joining()
    expect([liveness.isJoined, liveness.assignment.size]).toEqual([false, 0])
    await runtime.advance(69_000)
    expect(why()).toBeUndefined()
    await runtime.advance(2_000)
    expect(why()).toMatch(/joining/)
  })

  test('it is not when it is broken, nor while it begins anew', async () => {
    const { runtime, liveness, why, join } = stage()
    join()
    liveness.broken('the line broke')
    expect([why(), liveness.assignment.size]).toEqual(['channel "orders", group "flow": the line broke', 0])
    liveness.joining()
    await runtime.advance(5_000)
    expect(why()).toMatch(/the line broke/)
  })

  test('one that joins and breaks again and again is never well in between', async () => {
    const { runtime, liveness, why, join } = stage()
    for (let times = 1; times <= 20; times++) {
      liveness.joining()
      join()
      if (times > 1) expect(why()).toMatch(/the line broke/)
      await runtime.advance(3_000)
      liveness.broken('the line broke')
      expect(why()).toMatch(/the line broke/)
    }
  })

  test('after that it is again with the first event that is settled, or when its group has answered once more', async () => {
    const { runtime, liveness, why, join, progress } = stage()
    liveness.broken('the line broke')
    join()
    expect(why()).toMatch(/the line broke/)
    await runtime.advance(1)
    progress.of('orders', 1).markSettled(runtime.monotonic())
    expect(why()).toBeUndefined()
    liveness.broken('the line broke')
    join()
    await runtime.advance(2_500)
    expect(why()).toMatch(/the line broke/)
    liveness.coordinatorAnswered()
    expect(why()).toBeUndefined()
  })

  test('one that stood still is not until that partition goes on, whatever the others do', async () => {
    const { runtime, liveness, why, join, progress, orders } = stage()
    join()
    orders.advance('5', [])
    const end = { topic: 'orders', partition: 0, offset: '6', start: '0' }
    const beats = runtime.every(1_000, () => liveness.coordinatorAnswered())
    await runtime.advance(31_000)
    expect(liveness.findStall([end])).toMatch(/no progress at orders\/0\/5/)
    liveness.broken('it was ended')
    join()
    await runtime.advance(20_000)
    progress.of('orders', 1).markSettled(runtime.monotonic())
    expect(why()).toMatch(/no progress at orders\/0\/5/)
    orders.markSettled(runtime.monotonic())
    expect(why()).toBeUndefined()
    beats()
  })

  test('one that stood still is when others have that partition, or nothing waits there any more', async () => {
    for (const heal of ['others', 'nothing'] as const) {
      const { runtime, liveness, why, join, orders } = stage()
      join()
      orders.advance('5', [])
      await runtime.advance(31_000)
      liveness.findStall([{ topic: 'orders', partition: 0, offset: '6', start: '0' }])
      liveness.broken('it was ended')
      if (heal === 'others') liveness.joined(assignmentOf({ orders: [1] }))
      else {
        join()
        liveness.findStall([{ topic: 'orders', partition: 0, offset: '6', start: '6' }])
      }
      expect(why()).toBeUndefined()
    }
  })

  test('P11 it is while a saga waits for a machine that knows its state: a new process would not know it either', () => {
    const { liveness, why, join, orders } = stage()
    join()
    orders.advance('5', [])
    orders.countStuck('5', 'a broken row', 0)
    liveness.eventStuck(orders, { ...STUCK, isKept: false, isStranded: true })
    expect(why()).toBeUndefined()
    expect(liveness.blocked).toMatch(/the event orders\/0\/5 cannot be written: a broken row/)
  })

  test('P22 it is while it may take nothing in: a new process would not know where it was', () => {
    const { liveness, why, join } = stage()
    join()
    liveness.heldBack = 'another member has partitions'
    expect(why()).toBeUndefined()
  })

  test('P20 a stuck event is named with its place, until it is done', () => {
    const { liveness, why, join, orders } = stage()
    join()
    orders.advance('17', [])
    orders.countStuck('17', 'a broken row', 0)
    liveness.eventStuck(orders, STUCK)
    expect(why()).toMatch(/the event orders\/0\/17 cannot be written: a broken row/)
    orders.advance('18', [])
    expect(why()).toBeUndefined()
  })

  test('one of two stuck events that is done leaves the other', () => {
    const { liveness, why, join, orders, progress } = stage()
    join()
    for (const one of [orders, progress.of('orders', 1)]) {
      one.advance('5', [])
      one.countStuck('5', 'a broken row', 0)
      liveness.eventStuck(one, STUCK)
    }
    orders.advance('6', [])
    expect(why()).toMatch(/orders\/1\/5/)
  })

  test('another generation forgets what was stuck: others may have it now', () => {
    const { liveness, why, join, orders } = stage()
    orders.countStuck('17', 'a broken row', 0)
    liveness.eventStuck(orders, STUCK)
    join()
    expect(why()).toBeUndefined()
  })
})

describe('C7 whether a consumer crashed for good', () => {
  const END = { topic: 'orders', partition: 0, offset: '6', start: '0' }
  const alive = (liveness: Liveness) => {
    const health = liveness.alive()
    return health.ok ? undefined : health.why
  }

  /** Joins, stands still with records waiting, and is ended for it. */
  async function standStill({ runtime, liveness, join }: ReturnType<typeof stage>) {
    join()
    await runtime.advance(31_000)
    expect(liveness.findStall([END])).toMatch(/no progress/)
    liveness.broken('it was ended')
  }

  test('it has where it met what it cannot read, and says why, on both', () => {
    const { liveness, join } = stage()
    join()
    liveness.broken('a batch cannot be unpacked')
    expect(alive(liveness)).toBeUndefined()
    liveness.endedForGood('a batch cannot be unpacked')
    expect(alive(liveness)).toBe('channel "orders", group "flow": a batch cannot be unpacked')
    expect(liveness.working()).toEqual(liveness.alive())
  })

  test('it has when it stood still three times in a row, each time with new connections', async () => {
    const made = stage()
    made.orders.advance('5', [])
    for (const times of [1, 2, 3]) {
      expect({ times, why: alive(made.liveness) }).toEqual({ times, why: undefined })
      await standStill(made)
    }
    expect(alive(made.liveness)).toMatch(/no progress at orders\/0\/5/)
    made.join()
    await made.runtime.advance(1)
    made.orders.markSettled(made.runtime.monotonic())
    expect(alive(made.liveness)).toBeUndefined()
  })

  test('it has not when it settled something in between', async () => {
    const made = stage()
    made.orders.advance('5', [])
    for (let times = 0; times < 5; times++) {
      await standStill(made)
      made.join()
      await made.runtime.advance(1)
      made.orders.markSettled(made.runtime.monotonic())
      expect(alive(made.liveness)).toBeUndefined()
    }
  })
})

describe('whether the line is dead, whatever the library believes', () => {
  test('it is after two sessions without a word', async () => {
    const { runtime, liveness, join } = stage()
    join()
    await runtime.advance(2 * SESSION)
    expect(liveness.isSilent()).toBe(false)
    await runtime.advance(1)
    expect(liveness.isSilent()).toBe(true)
    liveness.coordinatorAnswered()
    expect(liveness.isSilent()).toBe(false)
  })

  test('it is when joining takes a session longer than it may', async () => {
    const { runtime, liveness } = stage()
    await runtime.advance(80_000)
    expect(liveness.isSilent()).toBe(false)
    await runtime.advance(1)
    expect(liveness.isSilent()).toBe(true)
  })

  test('what is broken is not silent: it begins anew by itself', async () => {
    const { runtime, liveness } = stage()
    liveness.broken('the line broke')
    await runtime.advance(600_000)
    expect(liveness.isSilent()).toBe(false)
  })
})
