import { describe, expect, test } from 'vitest'
import { BatutaError } from '../../../../src/errors.ts'
import { SETTLED } from '../../../fakes/intake.ts'
import { fakeBatch, records } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { stage } from './source-stage.ts'

const AWAY = new BatutaError('broker-unreachable', 'the line broke')
const REFUSED = new BatutaError('broker-refused', 'no right to read')

describe('P22 a process whose store is its own', () => {
  test('rejects and leaves the group where another member stays', async () => {
    const { runtime, driver, run, ends, intake } = stage()
    driver.topics = { orders: 2 }
    run(true)
    const [member] = driver.members
    member?.join({ orders: [0] })
    void member?.options.onBatch(fakeBatch(records('a')))
    for (let seconds = 0; seconds < 14; seconds++) {
      member?.options.onCoordinatorAnswer()
      await runtime.advance(1_000)
    }
    expect(ends).toEqual(['released', expect.stringMatching(/^source-refused: read as the only member of "flow"/)])
    expect([intake.begun, member?.told.includes('destroy')]).toEqual([[], true])
  })

  test('takes events in once it has every partition', async () => {
    const { driver, run, intake } = stage()
    run(true)
    driver.members[0]?.join({ orders: [0] })
    await settle()
    void driver.members[0]?.options.onBatch(fakeBatch(records('a')))
    await settle()
    expect(intake.begun).toEqual(['0'])
  })
})

test.each([
  ['whose commits are gone with it was made anew, and is read from its beginning', [], []],
  ['whose commits are there was only not seen, and goes on where it was', ['1'], ['seek orders/0/2']],
])('P22 I1 after a topic was missing: %s', async (_, offsets, expected) => {
  const { runtime, driver, run, intake } = stage()
  intake.always(SETTLED)
  run(true)
  driver.members[0]?.join({ orders: [0] })
  await runtime.advance(1_000)
  await driver.members[0]?.options.onBatch(fakeBatch(records('a', 'b')))
  driver.committed = offsets.map((offset) => ({ topic: 'orders', partition: 0, offset }))
  driver.members[0]?.crash(new BatutaError('topic-missing', 'it is not there'))
  await runtime.advance(600)
  driver.members[1]?.join({ orders: [0] })
  expect(driver.members[1]?.told.filter((line) => line.startsWith('seek'))).toEqual(expected)
})

test('P22 a process with a shared store reads the partitions that it has', async () => {
  const { driver, run, intake } = stage()
  driver.topics = { orders: 2 }
  run(false)
  driver.members[0]?.join({ orders: [0] })
  void driver.members[0]?.options.onBatch(fakeBatch(records('a')))
  await settle()
  expect(intake.begun).toEqual(['0'])
})

describe('P22 committed offsets at the start', () => {
  test.each([
    ['no commit', [], false],
    ['commits of the beginning', ['0', '0'], false],
    ['a commit of something', ['0', '1'], true],
    ['a commit beyond 2^53', ['9007199254740993'], true],
  ])('%s', async (_, offsets, begun) => {
    const { driver, source } = stage()
    driver.committed = offsets.map((offset, partition) => ({ topic: 'orders', partition, offset }))
    expect(await source.hasBegun()).toBe(begun)
  })

  test('a broker that cannot answer yet is asked again', async () => {
    const { runtime, driver, source } = stage()
    driver.committed = [{ topic: 'orders', partition: 0, offset: '4' }]
    driver.trouble = () => Promise.reject(AWAY)
    const asking = source.hasBegun()
    await runtime.advance(2_000)
    driver.trouble = undefined
    await runtime.advance(500)
    expect(await asking).toBe(true)
  })

  test('a broker that refuses is asked once', async () => {
    const { driver, source } = stage()
    driver.trouble = () => Promise.reject(REFUSED)
    await expect(source.hasBegun()).rejects.toMatchObject({ code: 'broker-refused' })
  })
})

// During the wait for a killed predecessor nothing can be settled. If the watchdog did not know of the closed gate, it
// would end a healthy membership after some 27 s of a long session.
test('P22 waiting for a predecessor is no stall, however long the session', async () => {
  const { runtime, driver, run, why } = stage({ sessionTimeout: 45_000 })
  driver.topics = { orders: 2 }
  driver.committed = [{ topic: 'orders', partition: 0, offset: '1' }]
  driver.ranges = [{ topic: 'orders', partition: 0, offset: '9' }]
  run(true)
  driver.members[0]?.join({ orders: [0] })
  for (let seconds = 0; seconds < 44; seconds++) {
    driver.members[0]?.options.onCoordinatorAnswer()
    await runtime.advance(1_000)
  }
  expect([driver.members.length, await why()]).toEqual([1, undefined])
})
