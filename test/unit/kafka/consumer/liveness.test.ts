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
  /** The reason why it does not work. `alive` stays healthy: a restart does not repair a broker. */
  const why = () => {
    expect(liveness.alive()).toEqual({ ok: true })
    const health = liveness.working()
    return health.ok ? undefined : health.why
  }
  const join = () => liveness.joined(assignmentOf({ orders: [0, 1] }))
  return { runtime, liveness, why, join, progress, orders: progress.of('orders', 0) }
}

describe('C7 a working consumer', () => {
  test('works once it has joined', () => {
    const { liveness, join } = stage()
    join()
    expect([liveness.working(), liveness.isJoined]).toEqual([{ ok: true }, true])
  })

  test('does not work when the coordinator is silent for longer than a session, and works again with its first answer', async () => {
    const { runtime, liveness, why, join } = stage()
    join()
    await runtime.advance(SESSION)
    expect(why()).toBeUndefined()
    await runtime.advance(1)
    expect(why()).toBe('channel "orders", group "flow": no word from the group for 10 s')
    liveness.coordinatorAnswered()
    expect(why()).toBeUndefined()
  })

  test('works while a join takes up to 70 s', async () => {
    const { runtime, liveness, why } = stage()
    await runtime.advance(70_000)
    expect(why()).toBeUndefined()
    await runtime.advance(1_000)
    expect(why()).toMatch(/joining the group for 71 s/)
    liveness.joining()
    expect(why()).toBeUndefined()
  })

  test('counts a rebalance as a join', async () => {
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

  test('does not work after a crash, nor during the next join', async () => {
    const { runtime, liveness, why, join } = stage()
    join()
    liveness.broken('the line broke')
    expect([why(), liveness.assignment.size]).toEqual(['channel "orders", group "flow": the line broke', 0])
    liveness.joining()
    await runtime.advance(5_000)
    expect(why()).toMatch(/the line broke/)
  })

  test('does not work in between when it joins and crashes again and again', async () => {
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

  test("works again after a crash with the first settled event, or with the coordinator's next answer", async () => {
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

  test('does not work after a stall until that partition goes on, even if others do', async () => {
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

  test('works after a stall when another member has the partition, or when no record waits there', async () => {
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

  test('P11 works while a saga waits for a machine with its state: a new process would lack it too', () => {
    const { liveness, why, join, orders } = stage()
    join()
    orders.advance('5', [])
    orders.countStuck('5', 'a broken row', 0)
    liveness.eventStuck(orders, { ...STUCK, isKept: false, isStranded: true })
    expect(why()).toBeUndefined()
    expect(liveness.blocked).toMatch(/the event orders\/0\/5 cannot be written: a broken row/)
  })

  test('P22 works while it is held back: a new process would not know its progress', () => {
    const { liveness, why, join } = stage()
    join()
    liveness.heldBack = 'another member has partitions'
    expect(why()).toBeUndefined()
  })

  test('P20 names a stuck event with its position until it is settled', () => {
    const { liveness, why, join, orders } = stage()
    join()
    orders.advance('17', [])
    orders.countStuck('17', 'a broken row', 0)
    liveness.eventStuck(orders, STUCK)
    expect(why()).toMatch(/the event orders\/0\/17 cannot be written: a broken row/)
    orders.advance('18', [])
    expect(why()).toBeUndefined()
  })

  test('names the other one when one of two stuck events is settled', () => {
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

  test('forgets stuck events at the next generation: other members may have them now', () => {
    const { liveness, why, join, orders } = stage()
    orders.countStuck('17', 'a broken row', 0)
    liveness.eventStuck(orders, STUCK)
    join()
    expect(why()).toBeUndefined()
  })
})

describe('C7 a consumer that is down for good', () => {
  const END = { topic: 'orders', partition: 0, offset: '6', start: '0' }
  const alive = (liveness: Liveness) => {
    const health = liveness.alive()
    return health.ok ? undefined : health.why
  }

  /** Joins, stalls while records wait, and is ended for it. */
  async function standStill({ runtime, liveness, join }: ReturnType<typeof stage>) {
    join()
    await runtime.advance(31_000)
    expect(liveness.findStall([END])).toMatch(/no progress/)
    liveness.broken('it was ended')
  }

  test('has met a batch that it cannot read; both probes have the reason', () => {
    const { liveness, join } = stage()
    join()
    liveness.broken('a batch cannot be unpacked')
    expect(alive(liveness)).toBeUndefined()
    liveness.endedForGood('a batch cannot be unpacked')
    expect(alive(liveness)).toBe('channel "orders", group "flow": a batch cannot be unpacked')
    expect(liveness.working()).toEqual(liveness.alive())
  })

  test('has stalled three times in a row, each time with new connections', async () => {
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

  test('has not settled an event between its stalls', async () => {
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

describe('a silent connection', () => {
  test('is one without an answer for two sessions', async () => {
    const { runtime, liveness, join } = stage()
    join()
    await runtime.advance(2 * SESSION)
    expect(liveness.isSilent()).toBe(false)
    await runtime.advance(1)
    expect(liveness.isSilent()).toBe(true)
    liveness.coordinatorAnswered()
    expect(liveness.isSilent()).toBe(false)
  })

  test('is one whose join takes a session longer than allowed', async () => {
    const { runtime, liveness } = stage()
    await runtime.advance(80_000)
    expect(liveness.isSilent()).toBe(false)
    await runtime.advance(1)
    expect(liveness.isSilent()).toBe(true)
  })

  test('is not one that has crashed, since it is made again anyway', async () => {
    const { runtime, liveness } = stage()
    liveness.broken('the line broke')
    await runtime.advance(600_000)
    expect(liveness.isSilent()).toBe(false)
  })
})
