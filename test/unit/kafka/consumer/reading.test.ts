import { expect, test } from 'vitest'
import { PartitionProgress } from '../../../../adapters/channel/kafka/consumer/progress.ts'
import { SETTLED } from '../../../fakes/intake.ts'
import { fakeBatch, record, records } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { reading } from './reading-stage.ts'

const STUCK = { kind: 'stuck', why: 'its row is broken', lastWritten: 1 } as const

test('I5 different sagas go side by side: a slow first event does not delay another saga', async () => {
  const { intake, read } = reading(fakeBatch(records('a', 'b', 'c')))
  await settle()
  expect(intake.begun).toEqual(['0', '1', '2'])
  for (const offset of [2, 1, 0]) intake.answer(offset)
  expect(await read).toEqual({ settled: 3, beyond: [], stuck: undefined })
})

test('C4.6 I5 an event of a saga begins only after the result of the one before it', async () => {
  const { intake, read } = reading(fakeBatch(records('a', 'a', 'b', 'a')))
  await settle()
  expect(intake.begun).toEqual(['0', '2'])
  intake.answer(0)
  await settle()
  expect(intake.begun).toEqual(['0', '2', '1'])
  intake.answer(1)
  await settle()
  expect(intake.begun).toEqual(['0', '2', '1', '3'])
  intake.answer(3)
  intake.answer(2)
  expect((await read).settled).toBe(4)
})

test('at most as many events are in flight as there are permits, and all get their turn', async () => {
  const { intake, read } = reading(fakeBatch(records('a', 'b', 'c', 'd', 'e')), { permits: 2 })
  for (const [offset, begun] of [2, 3, 4, 5].entries()) {
    await settle()
    expect(intake.begun).toHaveLength(begun)
    expect(intake.open).toBe(2)
    intake.answer(offset)
  }
  await settle()
  intake.answer(4)
  expect((await read).settled).toBe(5)
})

test('I5 a hot saga takes one permit, however many events it has', async () => {
  const { intake, read } = reading(fakeBatch(records('hot', 'hot', 'hot', 'hot', 'cold')), { permits: 2 })
  await settle()
  expect(intake.begun).toEqual(['0', '4'])
  intake.answer(4)
  for (const offset of [0, 1, 2, 3]) {
    await settle()
    expect(intake.open).toBe(1)
    intake.answer(offset)
  }
  expect((await read).settled).toBe(5)
})

test("a permit is released for a later batch, whatever the event's result", async () => {
  const { intake, read, semaphore } = reading(fakeBatch(records('a', 'b')), { permits: 1 })
  await settle()
  intake.answer(0, STUCK)
  await settle()
  intake.answer(1, { kind: 'unwanted' })
  await read
  expect(semaphore.acquire()).toBeUndefined()
  expect(semaphore.acquire()).toBeInstanceOf(Promise)
})

test('I1 the settled records before the first unsettled one are counted, those after it are listed', async () => {
  const { intake, read } = reading(fakeBatch(records('a', 'b', 'c', 'd')))
  await settle()
  for (const offset of [0, 2, 3]) intake.answer(offset)
  intake.answer(1, STUCK)
  expect(await read).toEqual({ settled: 1, beyond: ['2', '3'], stuck: STUCK })
})

test('I5 a stuck event holds later events of its saga only', async () => {
  const { intake, read } = reading(fakeBatch(records('a', 'a', 'b', 'a')))
  await settle()
  intake.answer(0, STUCK)
  intake.answer(2)
  expect(await read).toEqual({ settled: 0, beyond: ['2'], stuck: STUCK })
  expect(intake.begun).toEqual(['0', '2'])
})

test('I5 an event that was no longer wanted holds later events of its saga', async () => {
  const { intake, read } = reading(fakeBatch(records('a', 'a')))
  await settle()
  intake.answer(0, { kind: 'unwanted' })
  expect(await read).toEqual({ settled: 0, beyond: [], stuck: undefined })
  expect(intake.begun).toEqual(['0'])
})

test('a record that was settled after the first unsettled one is not handled again', async () => {
  const progress = new PartitionProgress('orders', 0)
  progress.advance('0', ['1', '3'])
  const { intake, read } = reading(fakeBatch(records('a', 'b', 'c', 'd')), { progress })
  intake.always(SETTLED)
  expect(await read).toEqual({ settled: 4, beyond: [], stuck: undefined })
  expect(intake.begun).toEqual(['0', '2'])
})

test('a stuck event becomes a dead letter after it was put aside five times', async () => {
  const progress = new PartitionProgress('orders', 0)
  for (let times = 0; times < 4; times++) progress.countStuck('7', 'a broken row', 0)
  const before = reading(fakeBatch([record('a', 7)]), { progress, deadLetters: async () => 'written' as const })
  before.intake.always(STUCK)
  expect(await before.read).toMatchObject({ settled: 0, stuck: STUCK })
  expect(before.letters).toEqual([])

  progress.countStuck('7', 'a broken row', 0)
  const after = reading(fakeBatch([record('a', 7)]), { progress, deadLetters: async () => 'written' as const })
  after.intake.always(STUCK)
  expect(await after.read).toMatchObject({ settled: 1, stuck: undefined })
  expect(after.letters).toEqual(['7 stuck a broken row']) // the first reason: the last one may only say that the saga was busy
})

test.each([
  ["no other event was written meanwhile: an outage that the store's probe does not see", { ...STUCK, lastWritten: 0 }],
  ['only the repeated event sends its commands', { ...STUCK, isKept: false }],
  ['a machine that knows its state may come (P11)', { ...STUCK, isKept: false, isStranded: true }],
] as const)('P20 I1 a stuck event never becomes a dead letter where %s', async (_, stuck) => {
  const progress = new PartitionProgress('orders', 0)
  for (let times = 0; times < 50; times++) progress.countStuck('7', 'a broken row', 0)
  const { intake, read, letters } = reading(fakeBatch([record('a', 7)]), {
    progress,
    deadLetters: async () => 'written',
  })
  intake.always(stuck)
  expect(await read).toMatchObject({ settled: 0, stuck })
  expect(letters).toEqual([])
})

test('a stuck event never becomes a dead letter without a dead-letter topic', async () => {
  const progress = new PartitionProgress('orders', 0)
  for (let times = 0; times < 50; times++) progress.countStuck('7', 'a broken row', 0)
  const { intake, read, metrics } = reading(fakeBatch([record('a', 7)]), { progress })
  intake.always(STUCK)
  expect(await read).toMatchObject({ settled: 0, stuck: STUCK })
  expect(metrics.lines).toEqual([])
})

test('every settled record counts as progress', async () => {
  const progress = new PartitionProgress('orders', 0)
  const { intake, read, runtime } = reading(fakeBatch(records('a', 'b')), { progress })
  await runtime.advance(500)
  intake.answer(0, STUCK)
  await settle()
  expect(progress.excusedAt).toBe(0)
  intake.answer(1)
  await read
  expect(progress.excusedAt).toBe(500)
})
