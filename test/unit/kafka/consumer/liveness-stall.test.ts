import { describe, expect, test } from 'vitest'
import { Places } from '../../../adapters/channel/kafka/places.ts'
import { Watch } from '../../../adapters/channel/kafka/watch.ts'
import { assignmentOf } from '../../fakes/kafka.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

function stage() {
  const [runtime, places] = [simulatedRuntime(), new Places()]
  const watch = new Watch('channel "orders", group "flow"', 10_000, places, runtime)
  const join = () => watch.joined(assignmentOf({ orders: [0, 1] }))
  const stalled = (offset: string) => watch.stalled([{ topic: 'orders', partition: 0, offset, begin: '0' }])
  return { runtime, watch, join, places, place: places.of('orders', 0), stalled }
}

describe('whether a partition stands still', () => {
  test('it does when records wait and nothing was settled for 30 s', async () => {
    const { runtime, join, place, stalled } = stage()
    join()
    place.advance('5', [])
    await runtime.advance(30_000)
    expect(stalled('6')).toBeUndefined()
    await runtime.advance(1)
    expect(stalled('6')).toMatch(/^no progress at orders\/0\/\d+ although there are records$/)
    place.work(runtime.monotonic())
    expect(stalled('6')).toBeUndefined()
  })

  test('it has five minutes while others go on: a broker is asked again only when all that it gave was worked on', async () => {
    const { runtime, join, place, places, stalled } = stage()
    join()
    place.advance('5', [])
    const other = places.of('orders', 1)
    const work = runtime.every(1_000, () => other.work(runtime.monotonic()))
    await runtime.advance(300_000)
    expect(stalled('6')).toBeUndefined()
    await runtime.advance(1_000)
    expect(stalled('6')).toMatch(/no progress/)
    work()
  })

  test('it does not when everything is read, and has its 30 s once a record comes', async () => {
    const { runtime, join, place, stalled } = stage()
    join()
    place.advance('5', [])
    await runtime.advance(600_000)
    expect(stalled('5')).toBeUndefined()
    await runtime.advance(30_000)
    expect(stalled('6')).toBeUndefined()
    await runtime.advance(1)
    expect(stalled('6')).toMatch(/^no progress at orders\/0\/\d+ although there are records$/)
  })

  test('offsets are numbers of 64 bits, not texts', async () => {
    const { runtime, join, place, stalled } = stage()
    join()
    place.advance('9', [])
    await runtime.advance(31_000)
    expect(stalled('10')).toMatch(/^no progress at orders\/0\/\d+ although there are records$/)
    place.advance('9007199254740993', [])
    expect(stalled('9007199254740993')).toBeUndefined()
    await runtime.advance(31_000)
    expect(stalled('9007199254740994')).toMatch(/^no progress at orders\/0\/\d+ although there are records$/)
  })

  test('it does not where an event is stuck, which is told otherwise', async () => {
    const { runtime, join, place, stalled } = stage()
    join()
    place.advance('5', [])
    place.stuckAt('5', 'a broken row', 0)
    await runtime.advance(600_000)
    expect(stalled('6')).toBeUndefined()
  })

  test('it does not while the group is being joined, and the time counts from then on', async () => {
    const { runtime, watch, join, place, stalled } = stage()
    place.advance('5', [])
    await runtime.advance(60_000)
    expect(stalled('6')).toBeUndefined()
    join()
    expect(stalled('6')).toBeUndefined()
    await runtime.advance(31_000)
    expect(stalled('6')).toMatch(/^no progress at orders\/0\/\d+ although there are records$/)
    watch.joining()
    expect(stalled('6')).toBeUndefined()
  })

  test('what others read is not looked at', async () => {
    const { runtime, watch, place, stalled } = stage()
    watch.joined(assignmentOf({ orders: [1], payments: [0] }))
    place.advance('5', [])
    await runtime.advance(60_000)
    expect(stalled('6')).toBeUndefined()
  })
})
