import { describe, expect, test } from 'vitest'
import { AdminConnection } from '../../../../adapters/channel/kafka/admin-connection.ts'
import { Watchdog } from '../../../../adapters/channel/kafka/consumer/watchdog.ts'
import { ConsumerProgress } from '../../../../adapters/channel/kafka/consumer/progress.ts'
import { Liveness } from '../../../../adapters/channel/kafka/consumer/liveness.ts'
import { BatutaError } from '../../../../src/errors.ts'
import { assignmentOf, fakeDriver } from '../../../fakes/kafka.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { groupSettings } from './source-stage.ts'

/** JOIN + SESSION + two intervals of the watchdog. */
const LIMIT = 90_000
const BETWEEN_JOINS = 20_000

/** A member of a group that has read up to offset 5, of 6, in each of two partitions. `shared`: its progress is forgotten with each join. */
function stage({ shared = false } = {}) {
  const [runtime, driver, progress, metrics] = [simulatedRuntime(), fakeDriver(), new ConsumerProgress(), fakeMetrics()]
  driver.ranges = [0, 1].map((partition) => ({ topic: 'orders', partition, offset: '6' }))
  driver.committed = [0, 1].map((partition) => ({ topic: 'orders', partition, offset: '5' }))
  const liveness = new Liveness({ name: 'it', sessionTimeout: 10_000, progress, runtime })
  const [intake, gate] = [{ isAway: false }, { isOpen: true }]
  const ended: string[] = []
  const watchdog = new Watchdog({
    channel: 'kafka',
    settings: groupSettings(),
    admin: new AdminConnection('kafka', driver, runtime),
    liveness,
    progress,
    intake,
    runtime,
    metrics,
    isOpen: () => gate.isOpen,
  })
  watchdog.start((reason) => ended.push(reason.message))
  runtime.every(3_000, () => liveness.coordinatorAnswered())
  const join = (partitions: readonly number[] = [0, 1]) => {
    liveness.joined(assignmentOf({ orders: partitions }))
    if (shared) progress.clear()
  }
  /** Joins that the coordinator has asked for. */
  const rebalance = () => {
    liveness.joining()
    join()
  }
  const settle = (partition: number, offset: string) => {
    const one = progress.of('orders', partition)
    one.advance(offset, [])
    one.markSettled(runtime.monotonic())
  }
  join()
  for (const partition of [0, 1]) if (!shared) progress.of('orders', partition).advance('5', [])
  const why = () => {
    expect(liveness.alive()).toEqual({ ok: true })
    const health = liveness.working()
    return health.ok ? undefined : health.why
  }
  const said = (code: string, level = 'warn') =>
    runtime.logged.filter((line) => line.code === code && line.level === level).map(({ fields }) => fields)
  const ages = () => metrics.lines.filter((line) => line.startsWith('progress age'))
  return { runtime, driver, liveness, progress, metrics, intake, gate, ended, rebalance, join, settle, why, said, ages }
}

type Made = ReturnType<typeof stage>

/** Time goes on for so many ms, with joins in between. */
async function loop({ runtime }: Made, ms: number, join: () => void): Promise<void> {
  for (let left = ms; left > 0; left -= BETWEEN_JOINS) {
    join()
    await runtime.advance(Math.min(left, BETWEEN_JOINS))
  }
}

const silence = () => Promise.reject(new BatutaError('broker-unreachable', 'nobody answers'))

describe.for([false, true])('C7 joins again and again (shared store: %s)', (shared) => {
  test('without an event, though records wait: not ready after 90 s, and one warning says so', async () => {
    const made = stage({ shared })
    await loop(made, LIMIT, made.rebalance)
    expect([made.why(), made.said('kafka.standstill')]).toEqual([undefined, []])
    await loop(made, 210_000, made.rebalance)
    expect(made.why()).toBe('it: no event taken in for 300 s, with 17 joins meanwhile; records wait')
    expect(made.said('kafka.standstill')).toEqual([
      { channel: 'kafka', group: 'flow', why: 'no event taken in for 95 s, with 7 joins meanwhile; records wait' },
    ])
  })
})

describe('C7 joins again and again', () => {
  test('without an event, where the brokers do not tell the lag: not ready after 90 s, and one warning says so', async () => {
    const made = stage()
    made.driver.trouble = silence
    await loop(made, 300_000, made.rebalance)
    const unknown = 'the lag is unknown: nobody answers'
    expect(made.why()).toBe(`it: no event taken in for 300 s, with 16 joins meanwhile; ${unknown}`)
    expect(made.said('kafka.standstill')).toMatchObject([{ why: expect.stringContaining(unknown) as unknown }])
  })

  test('never joined at the instant of a check: not ready after 90 s', async () => {
    const made = stage()
    made.runtime.every(4_000, () => made.liveness.joining())
    await made.runtime.advance(300_000)
    expect(made.why()).toMatch(/no event taken in for 300 s/)
    expect(made.said('kafka.standstill')).toHaveLength(1)
  })
})

describe('C7 a standstill', () => {
  test('is over with the first event, and its end is logged once', async () => {
    const made = stage()
    await loop(made, 300_000, made.rebalance)
    made.settle(0, '6')
    expect(made.why()).toBeUndefined()
    await made.runtime.advance(20_000)
    expect(made.said('kafka.standstill-over', 'info')).toEqual([{ channel: 'kafka', group: 'flow' }])
    expect(made.said('kafka.standstill')).toHaveLength(1)
  })

  test('is over when the brokers show that no record waits', async () => {
    const made = stage()
    await loop(made, 300_000, made.rebalance)
    made.driver.ranges = [0, 1].map((partition) => ({ topic: 'orders', partition, offset: '5' }))
    await made.runtime.advance(5_000)
    expect(made.why()).toBeUndefined()
  })

  test('is none while joins interrupt a consumer that has read everything', async () => {
    const made = stage()
    made.driver.ranges = [0, 1].map((partition) => ({ topic: 'orders', partition, offset: '5' }))
    await loop(made, 600_000, () => {
      made.rebalance()
      expect(made.why()).toBeUndefined()
    })
    expect([made.said('kafka.standstill'), made.ended]).toEqual([[], []])
  })

  test('is none while an event comes in between, in any partition', async () => {
    const made = stage()
    let offset = 5
    made.driver.ranges = [0, 1].map((partition) => ({ topic: 'orders', partition, offset: '5000' }))
    await loop(made, 280_000, () => {
      made.rebalance()
      made.settle(1, String(++offset))
      expect(made.why()).toBeUndefined()
    })
    expect(made.said('kafka.standstill')).toEqual([])
  })

  test('P20 P22 is none during an outage of the store, nor while another member holds it back: the probes say so', async () => {
    for (const hold of [
      ({ intake }: Made) => void (intake.isAway = true),
      ({ liveness }: Made) => void (liveness.heldBack = 'another member has partitions'),
      ({ liveness }: Made) => liveness.endedForGood('a batch cannot be unpacked'),
    ]) {
      const made = stage()
      hold(made)
      await loop(made, 600_000, made.rebalance)
      expect([made.said('kafka.standstill'), made.ended, made.ages().at(-1)]).toEqual([[], [], 'progress age kafka 0'])
    }
  })

  test('P22 is one where a check of the members never comes to an end: the closed gate has no reason of its own', async () => {
    const made = stage()
    made.gate.isOpen = false
    await loop(made, 300_000, made.rebalance)
    expect(made.why()).toMatch(/no event taken in for 300 s/)
    expect(made.said('kafka.standstill')).toHaveLength(1)
  })

  test('is measured', async () => {
    const made = stage()
    await loop(made, 100_000, made.rebalance)
    expect(made.ages().slice(-2)).toEqual(['progress age kafka 95', 'progress age kafka 100'])
    made.settle(0, '6')
    await made.runtime.advance(5_000)
    expect(made.ages().at(-1)).toBe('progress age kafka 5')
  })
})

describe('C7 a lag that is not known', () => {
  test('is logged at debug, once at warn after 90 s, and its end then', async () => {
    const made = stage()
    made.driver.trouble = silence
    const work = made.runtime.every(1_000, () => made.settle(0, '5'))
    await made.runtime.advance(95_000)
    expect(made.said('kafka.lag-unknown')).toEqual([])
    await made.runtime.advance(205_000)
    expect(made.said('kafka.lag-unknown')).toEqual([{ channel: 'kafka', why: 'nobody answers' }])
    expect(made.said('kafka.lag-unknown', 'debug').length).toBeGreaterThan(40)
    expect([made.why(), made.said('kafka.lag-known', 'info')]).toEqual([undefined, []]) // events come in
    made.driver.trouble = undefined
    await made.runtime.advance(20_000)
    expect(made.said('kafka.lag-known', 'info')).toEqual([{ channel: 'kafka' }])
    work()
  })

  test('ends no membership, whose reason it may not be', async () => {
    const made = stage()
    made.driver.trouble = silence
    await made.runtime.advance(600_000)
    expect(made.why()).toBe(
      'it: no event taken in for 600 s, with 1 join meanwhile; the lag is unknown: nobody answers',
    )
    expect(made.ended).toEqual([])
  })
})

describe('C7 a new client', () => {
  test('is made where this process joins again and again by itself, once in 90 s', async () => {
    const made = stage()
    await loop(made, 280_000, made.join)
    expect(made.ended).toEqual([
      'no event taken in for 95 s, with 6 joins meanwhile; records wait',
      'no event taken in for 190 s, with 11 joins meanwhile; records wait',
    ])
  })

  test('is not made where the group asks for the joins: one more would prolong them', async () => {
    const made = stage()
    await loop(made, 290_000, made.rebalance)
    expect(made.ended).toEqual([])
  })
})

describe('C7 a partition that joins keep from being read while others go on', () => {
  /** The other partition goes on. */
  async function starve(made: Made, ms: number) {
    let offset = 5
    made.driver.ranges = [0, 1].map((partition) => ({ topic: 'orders', partition, offset: '9000' }))
    const work = made.runtime.every(1_000, () => made.settle(1, String(++offset)))
    await loop(made, ms, made.rebalance)
    work()
  }

  test.for([false, true])(
    'is a stall after five minutes (shared store: %s), and no reason for a restart',
    async (shared) => {
      const made = stage({ shared })
      await starve(made, 300_000)
      expect(made.ended).toEqual([])
      await starve(made, 1_300_000)
      expect(made.ended).toHaveLength(5)
      expect(made.ended[0]).toBe('no progress at orders/0/5 although there are records')
      expect(made.why()).toMatch(/no progress at orders\/0\/5/)
    },
  )

  test('begins its time anew where another member has had it', async () => {
    const made = stage()
    await starve(made, 280_000)
    made.join([1])
    made.join([0, 1])
    await starve(made, 280_000)
    expect(made.ended).toEqual([])
  })
})
