import { expect, test } from 'vitest'
import { PartitionProgress } from '../../../../adapters/channel/kafka/consumer/progress.ts'
import { fakeBatch, records } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { reading, stage } from './reading-stage.ts'

const AGAIN = new Error('the group divides its partitions anew')

test('P22 heartbeats go out while the store is slow, at least every third of the session, and end with the batch', async () => {
  const batch = fakeBatch(records('a'))
  const { intake, ended, runtime } = reading(batch)
  await runtime.advance(60_000)
  expect(batch.beats).toBeGreaterThanOrEqual(18)
  intake.answer(0)
  expect(await ended).toEqual({ settled: 1, beyond: [], stuck: undefined, interrupted: undefined })
  expect(runtime.timers).toBe(0)
})

test('a failed heartbeat lets no further record begin, and waits for those in flight', async () => {
  const batch = fakeBatch(records('a', 'b', 'c', 'a'))
  const { intake, ended, runtime } = reading(batch, { permits: 2 })
  batch.heartbeat = () => Promise.reject(AGAIN)
  let isOver = false
  void ended.finally(() => (isOver = true))
  await runtime.advance(2_000)
  intake.answer(0)
  await settle()
  expect(isOver).toBe(false)
  intake.answer(1)
  expect(await ended).toEqual({ settled: 2, beyond: [], stuck: undefined, interrupted: AGAIN })
  expect(intake.begun).toEqual(['0', '1'])
})

test('the result has the error of the first failed heartbeat', async () => {
  const batch = fakeBatch(records('a'))
  const { intake, ended, runtime } = reading(batch)
  const thrown = [AGAIN]
  batch.heartbeat = () => Promise.reject(thrown.shift() ?? new Error('a later one'))
  await runtime.advance(6_000)
  intake.answer(0)
  expect((await ended).interrupted).toBe(AGAIN)
})

test('no record of an ended generation begins', async () => {
  const batch = fakeBatch(records('a', 'b'))
  batch.isCurrent = () => false
  const { intake, ended } = reading(batch)
  expect(await ended).toMatchObject({ settled: 0, beyond: [], interrupted: undefined })
  expect(intake.begun).toEqual([])
})

test('the intake can ask if an event is still wanted', async () => {
  const { readBatch, intake, runtime } = stage()
  const wanted: boolean[] = []
  const state = { isWanted: true }
  intake.take = async (_, isWanted) => {
    wanted.push(isWanted())
    state.isWanted = false
    wanted.push(isWanted())
    return { kind: 'unwanted' }
  }
  const batch = fakeBatch(records('a'))
  const progress = new PartitionProgress('orders', 0)
  const ended = await readBatch({ batch, progress, isWanted: () => state.isWanted, isOpen: () => true })
  expect([wanted, ended.settled, runtime.timers]).toEqual([[true, false], 0, 0])
})

test('P22 while the gate is closed no record begins, and heartbeats go on; when it opens, reading goes on', async () => {
  const batch = fakeBatch(records('a', 'b'))
  const made = stage()
  const state = { isOpen: false }
  const progress = new PartitionProgress('orders', 0)
  const ended = made.readBatch({ batch, progress, isWanted: () => true, isOpen: () => state.isOpen })
  await made.runtime.advance(20_000)
  expect(made.intake.begun).toEqual([])
  expect(batch.beats).toBeGreaterThanOrEqual(6)
  state.isOpen = true
  await made.runtime.advance(100)
  expect(made.intake.begun).toEqual(['0', '1'])
  made.intake.answer(0)
  made.intake.answer(1)
  expect((await ended).settled).toBe(2)
})

test('P22 a gate that closes in the middle lets records in flight end, and no other one begins', async () => {
  const { intake, ended, state, runtime } = reading(fakeBatch(records('a', 'b', 'c')), { permits: 1 })
  await settle()
  state.isOpen = false
  intake.answer(0)
  await settle()
  await runtime.advance(1_000)
  expect(intake.begun).toEqual(['0'])
  state.isWanted = false
  await runtime.advance(100)
  expect(await ended).toMatchObject({ settled: 1, interrupted: undefined })
})
