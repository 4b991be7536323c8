import type {
  Admin,
  Assignment,
  Batch,
  CommitOutcome,
  KafkaDriver,
  GroupMember,
  GroupMemberOptions,
  PartitionOffset,
  Producer,
  KafkaRecord,
  TopicMessages,
} from '../../adapters/channel/kafka/driver.ts'

/** A record with an event of this saga at this offset. */
export function record(saga: string, offset: number | string, more: Partial<KafkaRecord> = {}): KafkaRecord {
  return {
    key: Buffer.from(saga),
    value: Buffer.from('{"messageLabel":"go","messagePayload":{}}'),
    headers: {},
    offset: String(offset),
    timestamp: '1700000000000',
    ...more,
  }
}

/** Records of these sagas, from offset 0 on. */
export const records = (...sagas: string[]): KafkaRecord[] => sagas.map((saga, offset) => record(saga, offset))

export interface FakeBatch extends Batch {
  readonly resolved: readonly string[]
  readonly beats: number
  isCurrent: () => boolean
  heartbeat: () => Promise<void>
}

/** A batch of `orders/0` that records its resolved offsets. */
export function fakeBatch(
  list: readonly KafkaRecord[],
  more: Partial<Pick<Batch, 'topic' | 'partition' | 'end'>> = {},
) {
  const last = list.at(-1)
  const batch = {
    topic: 'orders',
    partition: 0,
    records: list,
    end: last === undefined ? '0' : String(BigInt(last.offset) + 1n),
    resolved: [] as string[],
    beats: 0,
    isCurrent: () => true,
    heartbeat: async () => void batch.beats++,
    resolve: (offset: string) => void batch.resolved.push(offset),
    ...more,
  }
  return batch satisfies FakeBatch
}

/** A member whose group the test controls. */
export interface FakeMember extends GroupMember {
  readonly options: GroupMemberOptions
  /** The calls to it, one line each: `seek orders/0/5`, `commit orders/0/6`, `pause orders/0`, `close`. */
  readonly told: readonly string[]
  commit: (positions: readonly PartitionOffset[]) => Promise<CommitOutcome>
  close: () => Promise<void>
  join(assignment: Record<string, readonly number[]>): void
  crash(thrown: unknown): void
}

export function fakeMember(options: GroupMemberOptions): FakeMember {
  const told: string[] = []
  const over = Promise.withResolvers<void>()
  over.promise.catch(() => undefined) // `run` rejects with it
  return {
    options,
    told,
    run: () => over.promise,
    async commit(positions) {
      told.push(...positions.map((position) => `commit ${placeOf(position)}`))
      return 'committed'
    },
    seek: (position) => void told.push(`seek ${placeOf(position)}`),
    pause: (topic, partition) => void told.push(`pause ${topic}/${partition}`),
    resume: (topic, partition) => void told.push(`resume ${topic}/${partition}`),
    async close() {
      told.push('close')
      over.resolve()
    },
    destroy: () => void told.push('destroy'),
    join: (assignment) => options.onJoined(assignmentOf(assignment)),
    crash: (thrown) => over.reject(thrown),
  }
}

export const assignmentOf = (assignment: Record<string, readonly number[]>): Assignment =>
  new Map(Object.entries(assignment))

const placeOf = ({ topic, partition, offset }: PartitionOffset) => `${topic}/${partition}/${offset}`

/** A producer whose sends the test ends. */
export interface FakeProducer extends Producer {
  readonly sent: readonly (readonly TopicMessages[])[]
  readonly isClosed: boolean
  /** Ends the send in flight, with an error where one is given. */
  answer(thrown?: unknown): void
}

export function fakeProducer(always?: (messages: readonly TopicMessages[]) => Promise<void>): FakeProducer {
  const sent: (readonly TopicMessages[])[] = []
  let open: PromiseWithResolvers<void> | undefined
  let isClosed = false
  return {
    sent,
    get isClosed() {
      return isClosed
    },
    send(messages) {
      if (open !== undefined) throw new TypeError('send: one is under way')
      sent.push(messages)
      if (always !== undefined) return always(messages)
      open = Promise.withResolvers()
      return open.promise
    },
    partitionOf: (topic, key) => `${topic}/${String(key)[0] ?? ''}`,
    answer(thrown) {
      if (open === undefined) throw new TypeError('answer a send: none is under way')
      const { resolve, reject } = open
      open = undefined
      if (thrown === undefined) resolve()
      else reject(thrown)
    },
    close: async () => void (isClosed = true),
  }
}

/** A cluster in memory: the answers of its admin, and all members and producers. */
export interface FakeDriver extends KafkaDriver {
  admin: () => Promise<Admin>
  producer: () => Promise<Producer>
  readonly members: readonly FakeMember[]
  readonly producers: readonly FakeProducer[]
  readonly admins: number
  /** Partitions by topic. */
  topics: Record<string, number>
  ranges: readonly (PartitionOffset & { readonly start?: string })[]
  committed: readonly PartitionOffset[]
  /** Replaces the answer to every question. */
  trouble: (() => Promise<never>) | undefined
  /** The result of each send of later producers; by `answer` where it is absent. */
  sends: ((messages: readonly TopicMessages[]) => Promise<void>) | undefined
}

export function fakeDriver(): FakeDriver {
  const members: FakeMember[] = []
  const producers: FakeProducer[] = []
  const answer = async <T>(what: () => T): Promise<T> => (driver.trouble === undefined ? what() : driver.trouble())
  const admin: Admin = {
    clusterId: () => answer(() => 'cluster-1'),
    partitions: (names) =>
      answer(() => new Map(Object.entries(driver.topics).filter(([topic]) => names.includes(topic)))),
    ranges: (name) =>
      answer(() => driver.ranges.filter(({ topic }) => topic === name).map((range) => ({ start: '0', ...range }))),
    committed: () => answer(() => driver.committed),
    members: () => answer(() => 0),
    ping: () => answer(() => undefined),
    close: async () => undefined,
  }
  const driver: FakeDriver & { admins: number } = {
    members,
    producers,
    admins: 0,
    topics: { orders: 1 },
    ranges: [],
    committed: [],
    trouble: undefined,
    sends: undefined,
    async admin() {
      driver.admins++
      return admin
    },
    async producer() {
      const producer = fakeProducer(driver.sends)
      producers.push(producer)
      return producer
    },
    member(options) {
      const member = fakeMember(options)
      members.push(member)
      return member
    },
  }
  return driver
}
