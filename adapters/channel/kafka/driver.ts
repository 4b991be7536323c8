import type { Duration } from '../../../src/engine/saga.ts'

/**
 * What this adapter needs of a Kafka library. `client.ts` is the one place that speaks to one, so that another can take its
 * place. Everything here throws a `BatutaError` whose code says what to do about it.
 */
export interface Driver {
  admin(): Promise<Admin>
  /** Idempotent, acknowledged by all replicas in sync. After one failed send it must not be used again. */
  producer(): Promise<Producer>
  member(options: MemberOptions): Member
}

/** Questions about the cluster. */
export interface Admin {
  clusterId(): Promise<string>
  /** How many partitions each topic has; a topic that does not exist is not in it. */
  partitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>>
  ends(topic: string): Promise<readonly Ends[]>
  /** What the group has committed, partitions without a commit left out. */
  committed(group: string, topics: readonly string[]): Promise<readonly Position[]>
  /** Resolves when a broker has answered. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** The offset that the next record of a partition will get, and that of the first one still there. */
export interface Ends extends Position {
  readonly begin: string
}

export interface Producer {
  /** Resolves when all of it is durable. A throw says nothing about what was written. */
  send(messages: readonly TopicMessages[]): Promise<void>
  /** The partition that a message of this key goes to, as far as is known: those of one share its trouble. */
  placeOf(topic: string, key: Bytes | null): string
  close(): Promise<void>
}

export interface TopicMessages {
  readonly topic: string
  readonly messages: readonly Message[]
}

export interface Message {
  readonly key: Bytes | null
  readonly value: Bytes | null
  readonly headers: Readonly<Record<string, Bytes | Bytes[]>>
}

export type Bytes = string | Buffer

/** A place in a partition; offsets are decimal 64-bit numbers. */
export interface Position {
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

/** Where the group has committed nothing, or what it has committed is no longer there, it begins with the oldest record. */
export interface MemberOptions {
  readonly group: string
  readonly topics: readonly string[]
  readonly sessionTimeout: Duration
  /** Records of one partition, in order; the next ones come when it has resolved. A throw ends the membership. */
  readonly onBatch: (batch: Batch) => Promise<void>
  /** Partitions by topic, at every generation. Called before any batch of it. */
  readonly onJoined: (assignment: Assignment) => void
  /** The group divides its partitions anew: it will be joined again at once. */
  readonly onRebalancing: () => void
  /** The coordinator has answered: the connection stands and the membership counts. */
  readonly onSeen: () => void
  /** Everything up to this offset, itself included, was something that no reader is shown: aborted transactions, control records. */
  readonly onSkipped: (position: Position) => void
}

export type Assignment = ReadonlyMap<string, readonly number[]>

/** One consumer in its group. */
export interface Member {
  /** Joins, and goes on until it is closed. Rejects when it crashes: it never starts again by itself. */
  run(): Promise<void>
  /** Offsets to go on from. Of a generation that has ended it does nothing. */
  commit(positions: readonly Position[]): Promise<void>
  seek(position: Position): void
  pause(topic: string, partition: number): void
  resume(topic: string, partition: number): void
  /** Waits for batches that are being handled, then leaves. */
  close(): Promise<void>
  /** Cuts its connections: whatever still hangs ends, and nothing of it comes back. */
  destroy(): void
}

export interface Batch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly Received[]
  /** The offset behind all that was read, records that no reader is shown included. */
  readonly end: string
  /** Whether the partition is still this member's: no other generation has begun. */
  isCurrent(): boolean
  /** To be called at least every third of the session time-out. Throws where the group must be joined again. */
  heartbeat(): Promise<void>
  /** Reads on behind this record. */
  resolve(offset: string): void
}

/** A record as it stands in the topic. */
export interface Received {
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** By name; several under one, and none where the value is null. Formats older than 2 have no headers at all. */
  readonly headers?: Readonly<Record<string, HeaderValue>> | null | undefined
  readonly offset: string
  /** Milliseconds since 1970, as the producer or the broker wrote them. Format 0 has none. */
  readonly timestamp?: string | undefined
}

/** The values of a record under one header name. */
export type HeaderValue = Bytes | null | (Bytes | null)[] | undefined
