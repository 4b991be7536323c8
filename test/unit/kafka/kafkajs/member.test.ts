import { describe, expect, test } from 'vitest'
import type { EachBatchPayload } from 'kafkajs'
import type { KafkajsClient } from '../../../../adapters/channel/kafka/kafkajs/tuning.ts'
import type { Batch } from '../../../../adapters/channel/kafka/driver.ts'
import { StaleMembers } from '../../../../adapters/channel/kafka/kafkajs/stale-members.ts'
import { ConsumerMember } from '../../../../adapters/channel/kafka/kafkajs/member.ts'
import { Sockets } from '../../../../adapters/channel/kafka/kafkajs/sockets.ts'
import { records } from '../../../fakes/kafka.ts'
import { settle } from '../../../../testing/simulation/settle.ts'

type EventListener = (event: { readonly payload: unknown }) => void
interface ConsumerOptions {
  readonly heartbeatInterval: number
  readonly rebalanceTimeout: number
}
interface Running {
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>
}

/** A member over a fake kafkajs. */
function stage(sessionTimeout = 10_000) {
  /** The calls to the library, one line each. */
  const told: string[] = []
  const listeners = new Map<string, EventListener>()
  const batches: Batch[] = []
  let running: Running | undefined
  let given: ConsumerOptions | undefined
  const note = (what: string, offsets: unknown) => void told.push(`${what} ${JSON.stringify(offsets)}`)
  const consumer = {
    events: {
      GROUP_JOIN: 'join',
      HEARTBEAT: 'beat',
      REBALANCING: 'rebalancing',
      CRASH: 'crash',
      END_BATCH_PROCESS: 'end',
    },
    on: (name: string, listener: EventListener) => void listeners.set(name, listener),
    connect: async () => undefined,
    subscribe: async () => undefined,
    run: async (what: Running) => void (running = what),
    disconnect: async () => undefined,
    commitOffsets: async (offsets: unknown) => note('the consumer commits', offsets),
  }
  const member = new ConsumerMember(
    {
      kafka: { consumer: (options: ConsumerOptions) => (given = options) && consumer },
      sockets: new Sockets(),
      staleMembers: new StaleMembers(),
    } as unknown as KafkajsClient,
    {
      group: 'flow',
      topics: ['orders'],
      sessionTimeout,
      onBatch: async (batch) => void batches.push(batch),
      onJoined: () => undefined,
      onRebalancing: () => undefined,
      onCoordinatorAnswer: () => undefined,
      onSkipped: ({ partition, offset }) => void told.push(`skipped ${partition}/${offset}`),
    },
  )
  const emit = (name: string, payload: unknown) => listeners.get(name)?.({ payload })
  /** The payload of a batch, with the batch's own commit function. */
  const payloadOf = (name: string, partition = 0) => ({
    batch: { topic: 'orders', partition, messages: records('a', 'b'), lastOffset: () => '1' },
    commitOffsetsIfNecessary: async (offsets: unknown) => note(`${name} commits`, offsets),
    resolveOffset: (offset: string) => void told.push(`${name} resolves ${offset}`),
    heartbeat: async () => undefined,
  })
  const handIn = async (name: string, partition?: number, more: Partial<EachBatchPayload> = {}) =>
    running?.eachBatch({ ...payloadOf(name, partition), ...more } as unknown as EachBatchPayload)
  return {
    member,
    given,
    told,
    batches,
    handIn,
    emit,
    joins: (...orders: number[]) => emit('join', { memberAssignment: { orders } }),
  }
}

const refusal = (type: string) => Object.assign(new Error('the broker refused'), { name: 'KafkaJSProtocolError', type })
const at = (partition: number, offset: number) => ({ topic: 'orders', partition, offset: String(offset) })
const OFFSETS = '{"topics":[{"topic":"orders","partitions":[{"partition":0,"offset":"2"}]}]}'

test.each([
  [1_000, 250],
  [10_000, 2_500],
  [600_000, 10_000],
])(
  'a session of %s ms has a heartbeat every %s ms: far within the time in which the group must be joined anew',
  (session, beat) => {
    const { given } = stage(session)
    expect([given?.heartbeatInterval, given?.rebalanceTimeout]).toEqual([beat, 60_000])
  },
)

test('hidden records are skipped, but not in a partition that another member has by now', () => {
  const { told, emit, joins } = stage()
  const skip = (batchSize: number) => emit('end', { topic: 'orders', partition: 1, batchSize, lastOffset: '8' })
  joins(0, 1)
  skip(2)
  skip(0)
  joins(0)
  skip(0)
  expect(told).toEqual(['skipped 1/8'])
})

describe('commits', () => {
  // kafkajs's commitOffsets does nothing, without an error, after `stop`. The function of a batch still commits.
  test('I1 use the function of a batch, so that records settled during the leave are committed', async () => {
    const { member, told, handIn, joins } = stage()
    void member.run()
    await settle()
    joins(0)
    await handIn('the batch')
    await member.close()
    await member.commit([at(0, 2)])
    expect(told).toEqual([`the batch commits ${OFFSETS}`])
  })

  test.each([
    ['committed', async () => undefined],
    ['rebalancing', () => Promise.reject(refusal('REBALANCE_IN_PROGRESS'))],
    ['rebalancing', () => Promise.reject(refusal('ILLEGAL_GENERATION'))],
  ])('I1 resolve with "%s", since a rebalance is no failure', async (outcome, commitOffsetsIfNecessary) => {
    const { member, handIn, joins } = stage()
    void member.run()
    await settle()
    joins(0)
    await handIn('the batch', 0, { commitOffsetsIfNecessary })
    expect(await member.commit([at(0, 2)])).toBe(outcome)
  })

  test('I1 reject with a BatutaError for any other refusal', async () => {
    const { member, handIn, joins } = stage()
    void member.run()
    await settle()
    joins(0)
    const refused = refusal('GROUP_AUTHORIZATION_FAILED')
    await handIn('the batch', 0, { commitOffsetsIfNecessary: () => Promise.reject(refused) })
    await expect(member.commit([at(0, 2)])).rejects.toMatchObject({
      code: 'broker-refused',
      message: 'commit offsets: the broker refused',
    })
  })

  test('I1 of several topics and partitions share one request', async () => {
    const { member, told, handIn, joins } = stage()
    void member.run()
    await settle()
    joins(0, 1)
    await handIn('the batch')
    await member.commit([at(0, 2), { topic: 'returns', partition: 4, offset: '7' }, at(1, 9)])
    expect(told).toHaveLength(1)
    expect(JSON.parse(told[0]?.replace('the batch commits ', '') ?? '')).toEqual({
      topics: [
        {
          topic: 'orders',
          partitions: [
            { partition: 0, offset: '2' },
            { partition: 1, offset: '9' },
          ],
        },
        { topic: 'returns', partitions: [{ partition: 4, offset: '7' }] },
      ],
    })
  })

  test("I1 never use the function of an ended generation's batch", async () => {
    const { member, told, handIn, joins } = stage()
    void member.run()
    await settle()
    joins(0)
    await handIn('the batch')
    joins(0)
    await member.commit([at(0, 2)])
    expect(told).toEqual(['the consumer commits [{"topic":"orders","partition":0,"offset":"2"}]'])
  })
})

test('I5 an error of a heartbeat reaches kafkajs as it is: kafkajs joins again by its type', async () => {
  const { member, batches, handIn, joins } = stage()
  void member.run()
  await settle()
  joins(0)
  const refused = refusal('REBALANCE_IN_PROGRESS')
  await handIn('the batch', 0, { heartbeat: () => Promise.reject(refused) })
  await expect(batches[0]?.heartbeat()).rejects.toBe(refused)
})

describe('a batch that was fetched before a rebalance', () => {
  test('I5 is not handed in where another member has the partition now', async () => {
    const { member, batches, handIn, joins } = stage()
    void member.run()
    await settle()
    joins(0, 1)
    joins(1)
    await handIn('the old batch', 0)
    expect(batches).toEqual([])
    await handIn('the new batch', 1)
    expect(batches).toMatchObject([{ topic: 'orders', partition: 1, end: '2' }])
  })

  test('I1 I5 stays outdated and does not move the read position, where it was handed in already', async () => {
    const { member, batches, told, handIn, joins } = stage()
    void member.run()
    await settle()
    joins(0)
    await handIn('the batch')
    const [batch] = batches
    batch?.resolve('0')
    expect([batch?.isCurrent(), told]).toEqual([true, ['the batch resolves 0']])
    joins(0)
    batch?.resolve('1')
    expect([batch?.isCurrent(), told]).toEqual([false, ['the batch resolves 0']])
  })
})

describe('a crash of the library', () => {
  test.each([
    ['broker-unreachable', new Error('the line broke')],
    [
      'records-unreadable',
      Object.assign(new Error('a batch in zstd cannot be unpacked'), { name: 'RecordsUnreadable' }),
    ],
    ['broker-refused', Object.assign(new Error('not yours'), { type: 'GROUP_AUTHORIZATION_FAILED' })],
  ])('C7 ends the run with a BatutaError of code %s', async (code, error) => {
    const { member, emit, joins } = stage()
    const ended = expect(member.run()).rejects.toMatchObject({
      name: 'BatutaError',
      code,
      message: `read as a member of "flow": ${error.message}`,
    })
    await settle()
    joins(0)
    emit('crash', { error })
    await ended
  })

  test('C7 before the run has begun rejects the run', async () => {
    const { member, emit } = stage()
    emit('crash', { error: new Error('the line broke') })
    await expect(member.run()).rejects.toMatchObject({ code: 'broker-unreachable' })
  })
})

test('a closed member resolves its run', async () => {
  const { member } = stage()
  const run = member.run()
  await settle()
  await member.close()
  await expect(run).resolves.toBeUndefined()
})
