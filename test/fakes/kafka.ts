import type {
  Admin,
  Assignment,
  Batch,
  Driver,
  Member,
  MemberOptions,
  Position,
  Producer,
  Received,
  TopicMessages,
} from '../../adapters/channel/kafka/driver.ts'

/** A record with an event of this saga at this offset. */
export function record(saga: string, offset: number | string, more: Partial<Received> = {}): Received {
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
export const records = (...sagas: string[]): Received[] => sagas.map((saga, offset) => record(saga, offset))

export interface FakeBatch extends Batch {
  readonly resolved: readonly string[]
  readonly beats: number
  isCurrent: () => boolean
  heartbeat: () => Promise<void>
}

/** A batch of `orders/0` that remembers how far it was resolved. */
export function fakeBatch(list: readonly Received[], more: Partial<Pick<Batch, 'topic' | 'partition' | 'end'>> = {}) {
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

/** A member whose group is played by the test. */
export interface FakeMember extends Member {
  readonly options: MemberOptions
  /** Everything it was told, one line each: `seek orders/0/5`, `commit orders/0/6`, `pause orders/0`, `close`. */
  readonly told: readonly string[]
  commit: (positions: readonly Position[]) => Promise<void>
  close: () => Promise<void>
  join(assignment: Record<string, readonly number[]>): void
  crash(thrown: unknown): void
}

export function fakeMember(options: MemberOptions): FakeMember {
  const told: string[] = []
  const over = Promise.withResolvers<void>()
  over.promise.catch(() => undefined) // `run` tells
  return {
    options,
    told,
    run: () => over.promise,
    commit: async (positions) => void told.push(...positions.map((position) => `commit ${placeOf(position)}`)),
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

const placeOf = ({ topic, partition, offset }: Position) => `${topic}/${partition}/${offset}`

/** A producer whose sends end when the test says so. */
export interface FakeProducer extends Producer {
  readonly sent: readonly (readonly TopicMessages[])[]
  readonly isClosed: boolean
  /** Ends the send that is under way: well, or with what is thrown. */
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
    placeOf: (topic, key) => `${topic}/${String(key)[0] ?? ''}`,
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

/** A cluster in memory: what its admin says, and everything that was opened. */
export interface FakeDriver extends Driver {
  admin: () => Promise<Admin>
  producer: () => Promise<Producer>
  readonly members: readonly FakeMember[]
  readonly producers: readonly FakeProducer[]
  readonly admins: number
  /** Partitions by topic. */
  topics: Record<string, number>
  ends: readonly (Position & { readonly begin?: string })[]
  committed: readonly Position[]
  /** What every question is answered with instead. */
  trouble: (() => Promise<never>) | undefined
  /** How the sends of the next producers end; by hand where it is not given. */
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
    ends: (name) =>
      answer(() => driver.ends.filter(({ topic }) => topic === name).map((end) => ({ begin: '0', ...end }))),
    committed: () => answer(() => driver.committed),
    ping: () => answer(() => undefined),
    close: async () => undefined,
  }
  const driver: FakeDriver & { admins: number } = {
    members,
    producers,
    admins: 0,
    topics: { orders: 1 },
    ends: [],
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
