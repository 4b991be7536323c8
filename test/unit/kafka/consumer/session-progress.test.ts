import { describe, expect, test } from 'vitest'
import { fakeBatch, record, records } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { stage, STUCK, told } from './session-stage.ts'

describe('P20 an event that cannot be written puts its partition aside', () => {
  /** Reads the stuck record at 7 once more. */
  async function stuck(made: ReturnType<typeof stage>): Promise<void> {
    made.intake.always(STUCK)
    await made.member.options.onBatch(fakeBatch([record('a', 7)]))
  }

  test('for a second, then twice as long each time, up to a minute; other partitions go on', async () => {
    const made = stage()
    const { member, runtime } = made
    member.join({ orders: [0] })
    for (const wait of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      const before = told(member, 'resume').length
      await stuck(made)
      expect(member.told.at(-1)).toBe('pause orders/0')
      await runtime.advance(wait - 1)
      expect(told(member, 'resume')).toHaveLength(before)
      await runtime.advance(1)
      expect(member.told.at(-1)).toBe('resume orders/0')
    }
  })

  test('with one line in the log, and its position in the probe', async () => {
    const made = stage()
    const { member, runtime, liveness } = made
    member.join({ orders: [0] })
    await stuck(made)
    await stuck(made)
    const lines = runtime.logged.filter(({ code }) => code === 'kafka.partition-waits')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({ level: 'error', fields: { offset: '7', why: 'a broken row' } })
    expect(liveness.working()).toMatchObject({ ok: false, why: expect.stringContaining('orders/0/7') })
  })

  test('and after it is written the next one waits a second again', async () => {
    const made = stage()
    const { member, runtime, intake, liveness } = made
    member.join({ orders: [0] })
    for (let times = 0; times < 4; times++) await stuck(made)
    intake.always({ kind: 'settled' })
    await runtime.advance(60_000)
    liveness.coordinatorAnswered()
    await member.options.onBatch(fakeBatch([record('a', 7)]))
    expect(liveness.working()).toEqual({ ok: true })
    intake.always(STUCK)
    await member.options.onBatch(fakeBatch([record('b', 8)]))
    await runtime.advance(1_000)
    expect(member.told.at(-1)).toBe('resume orders/0')
  })

  test('five times, then it becomes a dead letter, with a dead-letter topic', async () => {
    const made = stage({ deadLetters: async () => 'written' as const })
    made.member.join({ orders: [0] })
    for (let times = 1; times <= 5; times++) await stuck(made)
    expect([made.letters, told(made.member, 'commit')]).toEqual([[], []])
    await stuck(made)
    expect([made.letters, told(made.member, 'commit')]).toEqual([['7 stuck a broken row'], ['commit orders/0/8']])
  })

  test('without such a topic it never becomes a dead letter', async () => {
    const made = stage()
    made.member.join({ orders: [0] })
    for (let times = 1; times <= 40; times++) await stuck(made)
    expect(told(made.member, 'commit')).toEqual([])
  })

  test('and is not resumed by a membership that is over or leaving', async () => {
    for (const end of ['leave', 'drop'] as const) {
      const made = stage()
      made.member.join({ orders: [0] })
      await stuck(made)
      await made.session[end]()
      await made.runtime.advance(60_000)
      expect(told(made.member, 'resume')).toHaveLength(1)
    }
  })
})

describe('P22 a process whose store is its own', () => {
  test('goes on from its own progress although another member has committed further, and commits that', async () => {
    const { member, intake, again } = stage({ alone: true })
    intake.always({ kind: 'settled' })
    member.join({ orders: [0, 1] })
    await member.options.onBatch(fakeBatch(records('a', 'b')))
    expect(told(member, 'seek')).toEqual([])
    const next = again()
    next.member.join({ orders: [0, 1] })
    await settle()
    expect(told(next.member, 'seek', 'commit')).toEqual(['seek orders/0/2', 'commit orders/0/2'])
  })

  test('does so at every generation, and also where no record was settled yet', async () => {
    const { member, intake } = stage({ alone: true })
    intake.always({ kind: 'unwanted' })
    member.join({ orders: [0] })
    await member.options.onBatch(fakeBatch([record('a', 7)]))
    member.join({ orders: [0] })
    await settle()
    expect(told(member, 'seek', 'commit')).toEqual(['seek orders/0/7', 'commit orders/0/7'])
  })

  test('does not handle records again that it has settled beyond its offset', async () => {
    const { member, intake } = stage({ alone: true })
    member.join({ orders: [0] })
    const reading = member.options.onBatch(fakeBatch(records('a', 'b')))
    await settle()
    intake.answer(1)
    intake.answer(0, { kind: 'unwanted' })
    await reading
    member.join({ orders: [0] })
    intake.always({ kind: 'settled' })
    await member.options.onBatch(fakeBatch(records('a', 'b')))
    expect(intake.begun).toEqual(['0', '1', '0'])
  })
})

test('P22 a process with a shared store forgets its progress at every generation: other members may have gone on', async () => {
  const { member, intake } = stage()
  member.join({ orders: [0] })
  const reading = member.options.onBatch(fakeBatch(records('a', 'b')))
  await settle()
  intake.answer(1)
  intake.answer(0, STUCK)
  await reading
  member.join({ orders: [0] })
  intake.always({ kind: 'settled' })
  await member.options.onBatch(fakeBatch(records('a', 'b')))
  expect(told(member, 'seek')).toEqual([])
  expect(intake.begun).toEqual(['0', '1', '0', '1'])
})

test('a partition that was put aside is read again after a rebalance', async () => {
  const { member, intake, liveness } = stage({ alone: true })
  intake.always(STUCK)
  member.join({ orders: [0] })
  await member.options.onBatch(fakeBatch([record('a', 7)]))
  member.join({ orders: [0] })
  expect(told(member, 'pause', 'resume')).toEqual(['resume orders/0', 'pause orders/0', 'resume orders/0'])
  expect(liveness.working()).toEqual({ ok: true })
})

test('answers of the coordinator reach the liveness', () => {
  const { member, liveness } = stage()
  member.join({ orders: [0] })
  expect([liveness.isJoined, liveness.assignment.get('orders')]).toEqual([true, [0]])
  member.options.onRebalancing()
  expect(liveness.isJoined).toBe(false)
})

test('what a dropped member still says is not taken for a word of the membership that followed', async () => {
  const { session, member, liveness, runtime, again } = stage()
  member.join({ orders: [0] })
  const dropped = session.drop()
  await runtime.advance(2_000)
  await dropped
  const { member: next } = again()
  next.join({ orders: [0] })
  member.options.onRebalancing()
  expect([liveness.isJoined, liveness.assignment.get('orders')]).toEqual([true, [0]])
  await runtime.advance(20_001)
  member.options.onCoordinatorAnswer()
  expect(liveness.isSilent()).toBe(true)
})
