import { describe, expect, test } from 'vitest'
import { BatutaError } from '../../../../src/errors.ts'
import { fakeBatch, records } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { stage } from './source-stage.ts'

const AWAY = new BatutaError('broker-unreachable', 'the line broke')
const UNREADABLE = new BatutaError('records-unreadable', 'a batch in zstd cannot be unpacked')
const REFUSED = new BatutaError('broker-refused', 'no right to read')

describe('a membership that crashes', () => {
  test('C7 is followed by another one; until then the source is not ready, with the reason', async () => {
    const { runtime, driver, intake, run, why, ends } = stage()
    run()
    driver.members[0]?.join({ orders: [0] })
    expect(await why()).toBeUndefined()
    driver.members[0]?.crash(AWAY)
    await settle()
    expect(await why()).toBe('channel "orders", group "flow": the line broke')
    expect(driver.members[0]?.told).toEqual(['resume orders/0', 'close', 'destroy'])
    await runtime.advance(500)
    expect(driver.members).toHaveLength(2)
    driver.members[1]?.join({ orders: [0] })
    expect([await why(), ends]).toEqual(['channel "orders", group "flow": the line broke', []])
    intake.always({ kind: 'settled' })
    await driver.members[1]?.options.onBatch(fakeBatch(records('a')))
    expect(await why()).toBeUndefined()
    expect(runtime.logged.filter(({ level }) => level === 'error')).toHaveLength(1)
  })

  test('is followed after 0.5 s, then 1 s each time, after ten failures 5 s', async () => {
    const { runtime, driver, run } = stage()
    run()
    for (const [times, wait] of [500, ...Array<number>(9).fill(1_000), 5_000, 5_000].entries()) {
      driver.members.at(-1)?.crash(AWAY)
      await runtime.advance(wait - 1)
      expect(driver.members).toHaveLength(times + 1)
      await runtime.advance(1)
      expect(driver.members).toHaveLength(times + 2)
    }
    expect(runtime.logged.filter(({ level }) => level === 'error')).toHaveLength(1) // the same outage
  })

  test('is followed after 0.5 s again when it lasted long', async () => {
    const { runtime, driver, run } = stage()
    run()
    for (let times = 0; times < 5; times++) {
      driver.members.at(-1)?.crash(AWAY)
      await runtime.advance(5_000)
    }
    const before = driver.members.length
    driver.members.at(-1)?.join({ orders: [0] })
    for (let seconds = 0; seconds < 31; seconds++) {
      driver.members.at(-1)?.options.onCoordinatorAnswer()
      await runtime.advance(1_000)
    }
    driver.members.at(-1)?.crash(AWAY)
    await runtime.advance(500)
    expect(driver.members).toHaveLength(before + 1)
    expect(runtime.logged.filter(({ level }) => level === 'error')).toHaveLength(2) // another outage
  })

  test('is always followed by another one once the source has settled an event', async () => {
    const { runtime, driver, intake, run, ends } = stage()
    intake.always({ kind: 'settled' })
    run()
    driver.members[0]?.join({ orders: [0] })
    await runtime.advance(1_000)
    await driver.members[0]?.options.onBatch(fakeBatch(records('a')))
    driver.members[0]?.crash(REFUSED)
    await runtime.advance(500)
    expect([driver.members.length, ends]).toEqual([2, []])
  })

  test('ends the run before the first event where the fault is permanent, and the group is left', async () => {
    const { driver, run, ends } = stage()
    run()
    driver.members[0]?.crash(REFUSED)
    await settle()
    expect(ends).toEqual(['released', 'broker-refused: no right to read'])
    expect(driver.members).toHaveLength(1)
  })

  test('does not end the run before the first event where the fault may pass', async () => {
    const { runtime, driver, run, ends } = stage()
    run()
    driver.members[0]?.crash(AWAY)
    await runtime.advance(500)
    expect([driver.members.length, ends]).toEqual([2, []])
  })

  test('is not followed after a batch that cannot be unpacked: the source is not alive until it is closed', async () => {
    const { runtime, driver, run, source, why, ends } = stage()
    run()
    driver.members[0]?.join({ orders: [0] })
    driver.members[0]?.crash(UNREADABLE)
    await runtime.advance(600_000)
    expect([driver.members.length, ends]).toEqual([1, []])
    expect(await why()).toMatch(/^for good: .*a batch in zstd cannot be unpacked/)
    await source.close()
    await settle()
    expect(ends).toEqual(['released', 'resolved'])
  })
})

test('C7 I1 a member that joins again and again by itself is followed by a new client, which reads on', async () => {
  const { runtime, driver, intake, run, why } = stage()
  driver.ranges = [{ topic: 'orders', partition: 0, offset: '1' }]
  run()
  const first = driver.members[0]
  for (let times = 0; times < 5; times++) {
    first?.join({ orders: [0] })
    runtime.every(3_000, () => first?.options.onCoordinatorAnswer())
    await runtime.advance(20_000)
  }
  expect(driver.members).toHaveLength(2)
  expect(first?.told.slice(-2)).toEqual(['close', 'destroy'])
  expect(await why()).toMatch(/no event taken in for 95 s, with 5 joins meanwhile; records wait/)
  const next = driver.members[1]
  next?.join({ orders: [0] })
  intake.always({ kind: 'settled' })
  await next?.options.onBatch(fakeBatch(records('a')))
  await settle()
  expect([await why(), next?.told.at(-1)]).toEqual([undefined, 'commit orders/0/1'])
  expect(runtime.logged.filter(({ code }) => code === 'kafka.consumer-ended')).toHaveLength(1)
})

test('C7 is made of a membership whose coordinator is silent for two sessions', async () => {
  const { runtime, driver, run, why } = stage()
  run()
  driver.members[0]?.join({ orders: [0] })
  await runtime.advance(25_000)
  expect(await why()).toMatch(/no word from the group/)
  await runtime.advance(500)
  expect(driver.members).toHaveLength(2)
})

describe('close', () => {
  test('leaves the group, closes the connections, and the run resolves', async () => {
    const { driver, run, source, ends, runtime } = stage()
    run()
    driver.members[0]?.join({ orders: [0] })
    await source.close()
    await settle()
    expect(ends.toSorted()).toEqual(['released', 'resolved'])
    expect(driver.members[0]?.told.slice(-2)).toEqual(['close', 'destroy'])
    expect(runtime.timers).toBe(0)
  })

  test('ends the wait for the next membership', async () => {
    const { runtime, driver, run, source, ends } = stage()
    run()
    driver.members[0]?.crash(AWAY)
    await runtime.advance(100)
    await source.close()
    await settle()
    expect([ends, driver.members.length, runtime.timers]).toEqual([['released', 'resolved'], 1, 0])
  })

  test('twice is the same as once', async () => {
    const { run, source, ends } = stage()
    run()
    await Promise.all([source.close(), source.close()])
    await settle()
    expect(ends.filter((end) => end === 'released')).toHaveLength(1)
  })

  test('a crash meanwhile is ignored', async () => {
    const { runtime, driver, run, source, ends } = stage()
    run()
    const [member] = driver.members
    if (member === undefined) throw new Error('nobody has joined')
    member.close = async () => member.crash(AWAY)
    await source.close()
    await runtime.advance(10_000)
    expect([ends, driver.members.length]).toEqual([['released', 'resolved'], 1])
    expect(runtime.logged.filter(({ level }) => level === 'error')).toEqual([])
  })
})
