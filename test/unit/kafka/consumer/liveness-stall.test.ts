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

describe('whether a partition stands still', () => {
  test('it does when records wait and nothing was settled for 30 s', async () => {
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

  test('it has five minutes while others go on: a broker is asked again only when all that it gave was worked on', async () => {
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

  test('it does not when everything is read, and has its 30 s once a record comes', async () => {
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

  test('offsets are numbers of 64 bits, not texts', async () => {
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

  test('it does not where an event is stuck, which is told otherwise', async () => {
    const { runtime, join, orders, stalled } = stage()
    join()
    orders.advance('5', [])
    orders.countStuck('5', 'a broken row', 0)
    await runtime.advance(600_000)
    expect(stalled('6')).toBeUndefined()
  })

  test('it does not while the group is being joined, and the time counts from then on', async () => {
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

  test('what others read is not looked at', async () => {
    const { runtime, liveness, orders, stalled } = stage()
    liveness.joined(assignmentOf({ orders: [1], payments: [0] }))
    orders.advance('5', [])
    await runtime.advance(60_000)
    expect(stalled('6')).toBeUndefined()
  })
})
