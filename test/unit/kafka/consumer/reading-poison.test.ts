import { describe, expect, test } from 'vitest'
import type { DeadLetterOutcome } from '../../../../adapters/channel/kafka/consumer/dead-letters.ts'
import { PartitionProgress } from '../../../../adapters/channel/kafka/consumer/progress.ts'
import type { Taken } from '../../../../src/ports/source.ts'
import { fakeBatch, record, records } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'
import { reading } from './reading-stage.ts'

const keyless = (offset: number) => record('', offset, { key: null })

test('P20 a record without an event is settled, counted, and logged once with its position', async () => {
  const { read, runtime, metrics, intake } = reading(fakeBatch([keyless(4), record('a', 5, { value: null })]))
  expect(await read).toEqual({ settled: 2, beyond: [], stuck: undefined })
  expect(intake.begun).toEqual([])
  expect(metrics.lines).toEqual(['count poison-bad-key', 'count poison-bad-value'])
  expect(runtime.logged.map(({ level, fields }) => [level, fields?.['offset'], fields?.['reason']])).toEqual([
    ['error', '4', 'bad-key'],
    ['error', '5', 'bad-value'],
  ])
  expect(runtime.logged[0]?.fields).toMatchObject({ topic: 'orders', partition: 0 })
})

test.each<['unexpected' | 'refused' | 'unknown-saga' | 'too-large', number]>([
  ['unexpected', 0],
  ['refused', 0],
  ['unknown-saga', 1],
  ['too-large', 1],
])('P20 an event that is %s is settled; a line of the corridor is not repeated', async (reason, lines) => {
  const { read, runtime, metrics, intake } = reading(fakeBatch(records('a')))
  await settle()
  intake.answer(0, { kind: 'poison', reason, why: 'because' })
  expect((await read).settled).toBe(1)
  expect(metrics.lines).toEqual([`count poison-${reason}`])
  expect(runtime.logged).toHaveLength(lines)
})

describe('P20 with a dead-letter topic', () => {
  const POISON: Taken = { kind: 'poison', reason: 'unknown-saga', why: 'there is no saga "a"' }

  test('poison is written there with its reason, and is settled when it is durable', async () => {
    const durable = Promise.withResolvers<DeadLetterOutcome>()
    const batch = fakeBatch([record('a', 0), record('b', 1), keyless(2)])
    const { read, intake, letters } = reading(batch, { deadLetters: () => durable.promise })
    let isOver = false
    void read.finally(() => (isOver = true))
    await settle()
    intake.answer(0, POISON)
    intake.answer(1)
    await settle()
    expect([...letters].sort()).toEqual([
      '0 unknown-saga there is no saga "a"',
      '2 bad-key the record has no key; expected the saga id',
    ])
    expect(isOver).toBe(false)
    durable.resolve('written')
    expect((await read).settled).toBe(3)
  })

  test('the next event of its saga waits until the letter is durable', async () => {
    const durable = Promise.withResolvers<DeadLetterOutcome>()
    const { read, intake } = reading(fakeBatch(records('a', 'a')), { deadLetters: () => durable.promise })
    await settle()
    intake.answer(0, POISON)
    await settle()
    expect(intake.begun).toEqual(['0'])
    durable.resolve('written')
    await settle()
    intake.answer(1)
    expect((await read).settled).toBe(2)
  })

  test('I1 a dead letter that could not be written holds the offset', async () => {
    const setting = { deadLetters: async () => 'unwanted' as const }
    const { read, intake } = reading(fakeBatch([record('a', 0), keyless(1), record('b', 2)]), setting)
    await settle()
    intake.answer(0)
    intake.answer(2)
    expect(await read).toEqual({ settled: 1, beyond: ['2'], stuck: undefined })
  })

  const UNKEPT = { why: 'it was not put into "dead": not enough replicas', isRefused: false }

  test('I1 I5 a dead letter that is not written holds its partition and its saga, no other, with the reason', async () => {
    const { read, intake } = reading(fakeBatch(records('a', 'a', 'b')), { deadLetters: async () => UNKEPT })
    await settle()
    intake.answer(0, POISON)
    intake.answer(2)
    const { settled, beyond, stuck } = await read
    expect([settled, beyond, stuck]).toEqual([0, ['2'], expect.objectContaining({ why: UNKEPT.why, isKept: false })])
    expect(intake.begun).toEqual(['0', '2'])
  })

  test('each record is logged and counted once, however often it is read', async () => {
    const progress = new PartitionProgress('orders', 0)
    const again = () => reading(fakeBatch([keyless(0), keyless(1)]), { progress, deadLetters: async () => UNKEPT })
    const first = again()
    await first.read
    expect([first.runtime.logged.length, first.metrics.lines.length]).toEqual([2, 2])
    progress.countStuck('0', UNKEPT.why, 0)
    const second = again()
    await second.read
    expect([second.runtime.logged, second.metrics.lines]).toEqual([[], []])
  })

  test('a recreated topic has other records at the same offsets', async () => {
    const progress = new PartitionProgress('orders', 0)
    const from = (offset: number) =>
      reading(fakeBatch([keyless(offset)]), { progress, deadLetters: async () => UNKEPT })
    await from(7).read
    progress.advance('7', [])
    progress.startAt('0')
    const { read, metrics } = from(7)
    await read
    expect(metrics.lines).toEqual(['count poison-bad-key'])
  })

  test('a record that the topic refuses in every form is skipped and logged, as without such a topic', async () => {
    const refused = { why: 'it was not put into "dead": compacted topics want keys', isRefused: true }
    const { read, runtime, metrics } = reading(fakeBatch([keyless(0)]), { deadLetters: async () => refused })
    expect((await read).settled).toBe(1)
    expect(metrics.lines).toEqual(['count poison-bad-key', 'count poison-dead-letter'])
    expect(runtime.logged.at(-1)?.fields).toMatchObject({ offset: '0', why: refused.why })
  })

  test('the dead letter is wanted as long as the batch is', async () => {
    const asked: boolean[] = []
    const batch = fakeBatch([keyless(0)])
    const deadLetters = async (isWanted: () => boolean) => {
      asked.push(isWanted())
      batch.isCurrent = () => false
      asked.push(isWanted())
      return 'unwanted' as const
    }
    expect((await reading(batch, { deadLetters }).read).settled).toBe(0)
    expect(asked).toEqual([true, false])
  })
})

describe('P20 an error raised by one record ends no membership', () => {
  const DEFECT = new TypeError('a defect of ours')
  const throwing = (offset: string) => async (event: { readonly origin?: string | undefined }) => {
    if (event.origin?.endsWith(`/${offset}`) === true) throw DEFECT
    return { kind: 'settled' } as const
  }
  const asideFor = (times: number) => {
    const progress = new PartitionProgress('orders', 0)
    for (let time = 0; time < times; time++) progress.countStuck('0', 'handling the event failed: a defect of ours', 0)
    return progress
  }

  test('I1 in the corridor: its partition waits, since the error may pass; others go on', async () => {
    const { read, intake, metrics } = reading(fakeBatch(records('a', 'a', 'b')), { take: throwing('0') })
    const { settled, beyond, stuck } = await read
    expect([settled, beyond, stuck?.why]).toEqual([0, ['2'], 'handling the event failed: a defect of ours'])
    expect([intake.open, metrics.lines]).toEqual([0, []])
  })

  test('if it lasts, the record is logged, counted and skipped', async () => {
    const batch = fakeBatch(records('a', 'a'))
    const { read, runtime, metrics } = reading(batch, { take: throwing('0'), progress: asideFor(5) })
    expect((await read).settled).toBe(2)
    expect(metrics.lines).toEqual(['count poison-failed'])
    expect(runtime.logged).toMatchObject([{ level: 'error', fields: { offset: '0', reason: 'failed' } }])
  })

  test('or becomes a dead letter, with a dead-letter topic', async () => {
    const setting = { take: throwing('0'), progress: asideFor(5), deadLetters: async () => 'written' as const }
    const { read, letters } = reading(fakeBatch(records('a')), setting)
    expect((await read).settled).toBe(1)
    expect(letters).toEqual(['0 failed handling the event failed: a defect of ours'])
  })

  test('while it is decoded: the record is poison at once', async () => {
    const broken = record('a', 0)
    const ownKeys = () => {
      throw DEFECT
    }
    const headers = new Proxy({}, { ownKeys })
    const { read, metrics, runtime } = reading(fakeBatch([{ ...broken, headers }]))
    expect((await read).settled).toBe(1)
    expect(metrics.lines).toEqual(['count poison-unreadable'])
    expect(runtime.logged[0]?.fields).toMatchObject({ why: 'the record cannot be read: a defect of ours' })
  })

  test('a record that was put aside and is then skipped is logged', async () => {
    const refused = { why: 'it was not put into "dead": too large', isRefused: true }
    const progress = asideFor(1)
    progress.isFirstReport('0', 'bad-key')
    const { read, runtime, metrics } = reading(fakeBatch([keyless(0)]), { progress, deadLetters: async () => refused })
    expect((await read).settled).toBe(1)
    expect(metrics.lines).toEqual(['count poison-dead-letter'])
    expect(runtime.logged).toMatchObject([{ level: 'error', fields: { offset: '0', why: refused.why } }])
  })
})
