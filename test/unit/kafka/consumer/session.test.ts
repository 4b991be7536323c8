import { describe, expect, test } from 'vitest'
import { fakeBatch, records, record } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { stage, STUCK, told } from './session-stage.ts'

const AGAIN = Object.assign(new Error('the group is rebalancing'), { type: 'REBALANCE_IN_PROGRESS' })

describe('I1 the committed offset', () => {
  test('of a settled batch is its end, hidden records included', async () => {
    const { member, intake } = stage()
    intake.always({ kind: 'settled' })
    member.join({ orders: [0] })
    const batch = fakeBatch(records('a', 'b'), { end: '5' })
    await member.options.onBatch(batch)
    expect([batch.resolved, told(member, 'commit')]).toEqual([['1'], ['commit orders/0/5']])
  })

  test('is otherwise the first unsettled record', async () => {
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

  test('does not move while the first record is unsettled', async () => {
    const { member, intake } = stage()
    intake.always(STUCK)
    member.join({ orders: [0] })
    const batch = fakeBatch(records('a'))
    await member.options.onBatch(batch)
    expect([batch.resolved, told(member, 'commit')]).toEqual([[], []])
  })

  test('does not move before a record is settled', async () => {
    const { member, intake, runtime } = stage()
    member.join({ orders: [0] })
    const batch = fakeBatch(records('a', 'b'))
    void member.options.onBatch(batch)
    await settle()
    intake.answer(0)
    await runtime.advance(60_000)
    expect([batch.resolved, told(member, 'commit')]).toEqual([[], []])
  })

  test('does not move for a batch of an ended generation: another member has the partition', async () => {
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

  test('moves over hidden records, which is progress, however many they are', async () => {
    const { member, progress, runtime } = stage()
    await runtime.advance(1_000)
    member.options.onSkipped({ topic: 'orders', partition: 1, offset: '41' })
    await settle()
    expect(told(member, 'commit')).toEqual(['commit orders/1/42'])
    expect(progress.of('orders', 1).settledAt).toBe(runtime.monotonic())
  })
})

test('before a rebalance the settled offsets are committed, and the library gets its error', async () => {
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

test('records settled beyond the offset are not handled again when the partition is read again', async () => {
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

// A fetch may return fewer records than the one before it, and `advance` drops settled offsets beyond them. An event would be
// a duplicate then, but poison would be logged, counted and written to the dead-letter topic again.
test('records settled beyond a smaller batch are not handled again', async () => {
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
