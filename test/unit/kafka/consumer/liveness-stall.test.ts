import { describe, expect, test } from 'vitest'
import { ConsumerProgress } from '../../../../adapters/channel/kafka/consumer/progress.ts'
import { Liveness } from '../../../../adapters/channel/kafka/consumer/liveness.ts'
import { assignmentOf } from '../../../fakes/kafka.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

function stage() {
  const [runtime, progress] = [simulatedRuntime(), new ConsumerProgress()]
  const liveness = new Liveness({ name: 'channel "orders", group "flow"', sessionTimeout: 10_000, progress, runtime })
  const join = () => liveness.joined(assignmentOf({ orders: [0, 1] }))
  const stalled = (offset: string) => liveness.findStall([{ topic: 'orders', partition: 0, offset, start: '0' }])
  return { runtime, liveness, join, progress, orders: progress.of('orders', 0), stalled }
}

describe('a stall of a partition', () => {
  test('is found when records wait and none was settled for 30 s', async () => {
    const { runtime, join, orders, stalled } = stage()
    join()
    orders.advance('5', [])
    await runtime.advance(30_000)
    expect(stalled('6')).toBeUndefined()
    await runtime.advance(1)
    expect(stalled('6')).toMatch(/^no progress at orders\/0\/\d+ although there are records$/)
    orders.markSettled(runtime.monotonic())
    expect(stalled('6')).toBeUndefined()
  })

  test('is found after five minutes while other partitions go on: a broker is asked again only after all of its last answer', async () => {
    const { runtime, join, orders, progress, stalled } = stage()
    join()
    orders.advance('5', [])
    const other = progress.of('orders', 1)
    const work = runtime.every(1_000, () => other.markSettled(runtime.monotonic()))
    await runtime.advance(300_000)
    expect(stalled('6')).toBeUndefined()
    await runtime.advance(1_000)
    expect(stalled('6')).toMatch(/no progress/)
    work()
  })

  test('is not found when everything is read; the 30 s begin with the next record', async () => {
    const { runtime, join, orders, stalled } = stage()
    join()
    orders.advance('5', [])
    await runtime.advance(600_000)
    expect(stalled('5')).toBeUndefined()
    await runtime.advance(30_000)
    expect(stalled('6')).toBeUndefined()
    await runtime.advance(1)
    expect(stalled('6')).toMatch(/^no progress at orders\/0\/\d+ although there are records$/)
  })

  test('is found by offsets as 64-bit numbers, not as texts', async () => {
    const { runtime, join, orders, stalled } = stage()
    join()
    orders.advance('9', [])
    await runtime.advance(31_000)
    expect(stalled('10')).toMatch(/^no progress at orders\/0\/\d+ although there are records$/)
    orders.advance('9007199254740993', [])
    expect(stalled('9007199254740993')).toBeUndefined()
    await runtime.advance(31_000)
    expect(stalled('9007199254740994')).toMatch(/^no progress at orders\/0\/\d+ although there are records$/)
  })

  test('is not found where an event is stuck, which is reported elsewhere', async () => {
    const { runtime, join, orders, stalled } = stage()
    join()
    orders.advance('5', [])
    orders.countStuck('5', 'a broken row', 0)
    await runtime.advance(600_000)
    expect(stalled('6')).toBeUndefined()
  })

  test('is not found while the group is joined; the time counts from the join', async () => {
    const { runtime, liveness, join, orders, stalled } = stage()
    orders.advance('5', [])
    await runtime.advance(60_000)
    expect(stalled('6')).toBeUndefined()
    join()
    expect(stalled('6')).toBeUndefined()
    await runtime.advance(31_000)
    expect(stalled('6')).toMatch(/^no progress at orders\/0\/\d+ although there are records$/)
    liveness.joining()
    expect(stalled('6')).toBeUndefined()
  })

  test('is not looked for in partitions of other members', async () => {
    const { runtime, liveness, orders, stalled } = stage()
    liveness.joined(assignmentOf({ orders: [1], payments: [0] }))
    orders.advance('5', [])
    await runtime.advance(60_000)
    expect(stalled('6')).toBeUndefined()
  })
})
