import { describe, expect, test } from 'vitest'
import { fakeBatch, records, record } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { stage, STUCK, told } from './session-stage.ts'

const AGAIN = Object.assign(new Error('the group is rebalancing'), { type: 'REBALANCE_IN_PROGRESS' })

describe('I1 what is acknowledged', () => {
  test('a batch of which all is settled: its end, records that no reader is shown included', async () => {
    const { member, intake } = stage()
    intake.always({ kind: 'settled' })
    member.join({ orders: [0] })
    const batch = fakeBatch(records('a', 'b'), { end: '5' })
    await member.options.onBatch(batch)
    expect([batch.resolved, told(member, 'commit')]).toEqual([['1'], ['commit orders/0/5']])
  })

  test('otherwise the first record that is not settled', async () => {
    const { member, intake } = stage()
    member.join({ orders: [0] })
    const batch = fakeBatch(records('a', 'b', 'c'))
    const reading = member.options.onBatch(batch)
    await settle()
    intake.answer(0)
    intake.answer(1, STUCK)
    intake.answer(2)
    await reading
    expect([batch.resolved, told(member, 'commit')]).toEqual([['0'], ['commit orders/0/1']])
  })

  test('nothing where the first one is not settled', async () => {
    const { member, intake } = stage()
    intake.always(STUCK)
    member.join({ orders: [0] })
    const batch = fakeBatch(records('a'))
    await member.options.onBatch(batch)
    expect([batch.resolved, told(member, 'commit')]).toEqual([[], []])
  })

  test('nothing before it is settled', async () => {
    const { member, intake, runtime } = stage()
    member.join({ orders: [0] })
    const batch = fakeBatch(records('a', 'b'))
    void member.options.onBatch(batch)
    await settle()
    intake.answer(0)
    await runtime.advance(60_000)
    expect([batch.resolved, told(member, 'commit')]).toEqual([[], []])
  })

  test('nothing of a batch whose generation has ended meanwhile: others have the partition', async () => {
    const { member, intake, progress } = stage()
    member.join({ orders: [0] })
    const batch = fakeBatch(records('a'))
    const reading = member.options.onBatch(batch)
    await settle()
    batch.isCurrent = () => false
    intake.answer(0)
    await reading
    expect([batch.resolved, told(member, 'commit')]).toEqual([[], []])
    expect(progress.of('orders', 0).nextOffset).toBeUndefined()
  })

  test('records that no reader is shown are gone over, which is progress: however many they are, nothing hangs', async () => {
    const { member, progress, runtime } = stage()
    await runtime.advance(1_000)
    member.options.onSkipped({ topic: 'orders', partition: 1, offset: '41' })
    await settle()
    expect(told(member, 'commit')).toEqual(['commit orders/1/42'])
    expect(progress.of('orders', 1).settledAt).toBe(runtime.monotonic())
  })
})

test('where the group must be joined again, what is settled is committed first, and the library is told', async () => {
  const { member, intake, runtime } = stage()
  member.join({ orders: [0] })
  const batch = fakeBatch(records('a', 'b'))
  batch.heartbeat = () => Promise.reject(AGAIN)
  const reading = member.options.onBatch(batch)
  const end = reading.catch((thrown: unknown) => [thrown, told(member, 'commit')])
  await runtime.advance(2_000)
  intake.answer(0)
  intake.answer(1, { kind: 'unwanted' })
  expect(await end).toEqual([AGAIN, ['commit orders/0/1']])
})

test('what was settled beyond is not handled again when the partition is read from there', async () => {
  const { member, intake } = stage()
  member.join({ orders: [0] })
  const first = member.options.onBatch(fakeBatch(records('a', 'b', 'c')))
  await settle()
  for (const offset of [1, 2]) intake.answer(offset)
  intake.answer(0, STUCK)
  await first
  const second = member.options.onBatch(fakeBatch(records('a', 'b', 'c')))
  await settle()
  expect(intake.begun).toEqual(['0', '1', '2', '0'])
  intake.answer(0)
  await second
  expect(told(member, 'commit')).toEqual(['commit orders/0/3'])
})

// A fetch may bring fewer records than the one before it did; `Place.advance` forgets what is beyond those. An event is told
// apart as a duplicate then, but poison is said, counted and put into the dead-letter topic again.
test('what was settled beyond a smaller batch is not handled again either', async () => {
  const { member, intake } = stage()
  member.join({ orders: [0] })
  const first = member.options.onBatch(fakeBatch(records('a', 'b', 'c')))
  await settle()
  for (const offset of [1, 2]) intake.answer(offset)
  intake.answer(0, STUCK)
  await first
  intake.always({ kind: 'settled' })
  await member.options.onBatch(fakeBatch(records('a', 'b')))
  await member.options.onBatch(fakeBatch([record('c', 2)]))
  expect(intake.begun).toEqual(['0', '1', '2', '0'])
})
