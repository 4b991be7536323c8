import { describe, expect, test } from 'vitest'
import { AdminConnection } from '../../../../adapters/channel/kafka/admin-connection.ts'
import { Watchdog } from '../../../../adapters/channel/kafka/consumer/watchdog.ts'
import { ConsumerProgress } from '../../../../adapters/channel/kafka/consumer/progress.ts'
import { Liveness } from '../../../../adapters/channel/kafka/consumer/liveness.ts'
import { BatutaError } from '../../../../src/errors.ts'
import { assignmentOf, fakeDriver } from '../../../fakes/kafka.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import type { FakeMetrics } from '../../../fakes/metrics.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { groupSettings } from './source-stage.ts'

/** A consumer that has joined, has read up to offset 5, and has heartbeats. */
function stage(next: string | null = '5') {
  const [runtime, driver, progress, metrics] = [simulatedRuntime(), fakeDriver(), new ConsumerProgress(), fakeMetrics()]
  driver.ranges = [{ topic: 'orders', partition: 0, offset: '6' }]
  const liveness = new Liveness({ name: 'it', sessionTimeout: 10_000, progress, runtime })
  const [intake, gate] = [{ isAway: false }, { isOpen: true }]
  const ended: string[] = []
  const admin = new AdminConnection('kafka', driver, runtime)
  const watchdog = new Watchdog({
    channel: 'kafka',
    settings: groupSettings(),
    admin,
    liveness,
    progress,
    intake,
    runtime,
    metrics,
    isOpen: () => gate.isOpen,
  })
  const cancel = watchdog.start((reason) => ended.push(`${reason.code}: ${reason.message}`))
  liveness.joined(assignmentOf({ orders: [0] }))
  if (next !== null) progress.of('orders', 0).advance(next, [])
  const heartbeats = runtime.every(3_000, () => liveness.coordinatorAnswered())
  return { runtime, driver, metrics, watchdog, liveness, progress, intake, gate, ended, cancel, heartbeats }
}

const STALL = 'broker-unreachable: no progress at orders/0/5 although there are records'

test('C7 a silent consumer is ended after two sessions', async () => {
  const { runtime, heartbeats, ended, driver } = stage()
  driver.ranges = []
  heartbeats()
  await runtime.advance(20_000)
  expect(ended).toEqual([])
  await runtime.advance(5_000)
  expect(ended).toEqual(['broker-unreachable: no word from the group'])
})

test('C7 a consumer that does not read although records wait is ended after 30 s', async () => {
  const { runtime, ended } = stage()
  await runtime.advance(30_000)
  expect(ended).toEqual([])
  await runtime.advance(5_000)
  expect(ended).toEqual([STALL])
})

test('C7 an unread partition begins at the committed offset', async () => {
  const { runtime, driver, ended } = stage(null)
  driver.committed = [{ topic: 'orders', partition: 0, offset: '5' }]
  await runtime.advance(35_000)
  expect(ended).toEqual([STALL])
})

test('C7 an unread partition without a commit begins at its oldest record', async () => {
  const { runtime, driver, ended } = stage(null)
  driver.ranges = [{ topic: 'orders', partition: 0, offset: '6', start: '5' }]
  await runtime.advance(35_000)
  expect(ended).toEqual([STALL])
})

describe('records that expired before they were read', () => {
  const LOST = {
    level: 'error',
    code: 'kafka.records-expired',
    fields: { topic: 'orders', partition: 0, from: '5', before: '7' },
  }

  test('I1 are reported at start, before the group skips them', async () => {
    const { runtime, driver, watchdog, metrics } = stage(null)
    driver.committed = [{ topic: 'orders', partition: 0, offset: '5' }]
    driver.ranges = [{ topic: 'orders', partition: 0, offset: '9', start: '7' }]
    void watchdog.reportLostRecords()
    await settle()
    expect(runtime.logged.filter(({ level }) => level === 'error')).toMatchObject([LOST])
    expect(metrics.lines.filter((line) => line.startsWith('count '))).toEqual(['count records-expired'])
  })

  test('I1 are reported while it runs, once', async () => {
    const { runtime, driver, metrics } = stage()
    driver.ranges = [{ topic: 'orders', partition: 0, offset: '9', start: '7' }]
    await runtime.advance(20_000)
    expect(runtime.logged.filter(({ level }) => level === 'error')).toMatchObject([LOST])
    expect(metrics.lines.filter((line) => line.startsWith('count '))).toEqual(['count records-expired'])
  })

  test('are not reported where everything was read', async () => {
    const { runtime, driver, watchdog } = stage('7')
    driver.ranges = [{ topic: 'orders', partition: 0, offset: '7', start: '7' }]
    await watchdog.reportLostRecords()
    await runtime.advance(20_000)
    expect(runtime.logged).toEqual([])
  })
})

test('progress is not reset by the committed offset', async () => {
  const { runtime, driver, progress, liveness } = stage('6')
  liveness.joined(assignmentOf({ orders: [0, 1] }))
  driver.committed = [{ topic: 'orders', partition: 0, offset: '2' }]
  await runtime.advance(60_000)
  expect(progress.of('orders', 0).nextOffset).toBe('6')
})

test('P20 an outage of the store is no stall, nor is its end', async () => {
  const { runtime, intake, ended } = stage()
  intake.isAway = true
  await runtime.advance(600_000)
  intake.isAway = false
  await runtime.advance(30_000)
  expect(ended).toEqual([])
  await runtime.advance(5_000)
  expect(ended).toEqual([STALL])
})

test('P22 waiting for another member to leave is no stall', async () => {
  const { runtime, gate, ended } = stage()
  gate.isOpen = false
  await runtime.advance(600_000)
  expect(ended).toEqual([])
})

test('brokers that do not answer are no stall: the next check asks again', async () => {
  const { runtime, driver, ended } = stage()
  driver.trouble = () => Promise.reject(new BatutaError('broker-unreachable', 'nobody answers'))
  await runtime.advance(120_000)
  expect(ended).toEqual([])
  driver.trouble = undefined
  await runtime.advance(5_000)
  expect(ended).toEqual([STALL])
})

test('no other check starts while one hangs', async () => {
  const { runtime, driver } = stage()
  let asked = 0
  driver.trouble = () => {
    asked++
    return new Promise(() => undefined)
  }
  await runtime.advance(14_900)
  expect(asked).toBe(1)
})

test('there is no check after it was cancelled', async () => {
  const { runtime, ended, cancel, heartbeats } = stage()
  cancel()
  heartbeats()
  await runtime.advance(600_000)
  expect([ended, runtime.timers]).toEqual([[], 0])
})

describe('the lag of this process', () => {
  const lags = ({ lines }: FakeMetrics) => lines.filter((line) => line.startsWith('lag '))

  test('counts the records of its own partitions, during an outage of the store too', async () => {
    const { runtime, driver, metrics, intake } = stage()
    driver.ranges = [
      { topic: 'orders', partition: 0, offset: '9' },
      { topic: 'orders', partition: 1, offset: '500' },
    ]
    intake.isAway = true
    await runtime.advance(5_000)
    expect(lags(metrics)).toEqual(['lag kafka orders 4'])
  })

  test('is zero where it has no partition any more', async () => {
    const { runtime, driver, metrics, liveness } = stage()
    driver.ranges = [{ topic: 'orders', partition: 0, offset: '9' }]
    await runtime.advance(5_000)
    liveness.joined(assignmentOf({}))
    await runtime.advance(5_000)
    expect(lags(metrics)).toEqual(['lag kafka orders 4', 'lag kafka orders 0'])
  })
})
