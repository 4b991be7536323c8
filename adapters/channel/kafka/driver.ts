import type { Duration } from '../../../src/engine/saga.ts'

/**
 * The operations that this channel needs of a Kafka library. `kafkajs/` implements it, so that another library can take its place.
 * Rejections are `BatutaError`s, except those of a heartbeat and of `close`.
 */
export interface KafkaDriver {
  admin(): Promise<Admin>
  /** Idempotent; sends are acknowledged by all replicas in sync. After a failed send it must not be used again. */
  producer(): Promise<Producer>
  member(options: GroupMemberOptions): GroupMember
}

/** Questions about the cluster. */
export interface Admin {
  clusterId(): Promise<string>
  /** The number of partitions by topic. A topic that does not exist is left out. */
  partitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>>
  ranges(topic: string): Promise<readonly OffsetRange[]>
  /** The committed offsets of a group. Partitions without a commit are left out. */
  committed(group: string, topics: readonly string[]): Promise<readonly PartitionOffset[]>
  /** The number of members of a group; 0 for a group that does not exist. */
  members(group: string): Promise<number>
  /** Resolves when a broker has answered. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** The records of a partition: `start` is the offset of the oldest one, `offset` that of the next one to be written. */
export interface OffsetRange extends PartitionOffset {
  readonly start: string
}

/** A connected producer. */
export interface Producer {
  /** Resolves when all messages are durable. After a rejection any part of them may have been written. */
  send(messages: readonly TopicMessages[]): Promise<void>
  /** The name of the partition for this key, or the topic where it is not known yet: messages of one name share a fault. */
  partitionOf(topic: string, key: Bytes | null): string
  close(): Promise<void>
}

/** Messages to one topic, in their order. */
export interface TopicMessages {
  readonly topic: string
  readonly messages: readonly KafkaMessage[]
}

/** A record to be written. */
export interface KafkaMessage {
  readonly key: Bytes | null
  readonly value: Bytes | null
  readonly headers: Readonly<Record<string, Bytes | Bytes[]>>
}

/** Bytes, or a text that is written as UTF-8. */
export type Bytes = string | Buffer

/** An offset of a partition, a decimal 64-bit number. */
export interface PartitionOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

/** A partition without a committed offset, or whose committed offset has expired, is read from its oldest record. */
export interface GroupMemberOptions {
  readonly group: string
  readonly topics: readonly string[]
  readonly sessionTimeout: Duration
  /** Records of one partition, in order. The next batch comes when it has resolved. A rejection ends the membership. */
  readonly onBatch: (batch: Batch) => Promise<void>
  /** Called at every generation, before its first batch. */
  readonly onJoined: (assignment: Assignment) => void
  /** The group divides its partitions anew. `onJoined` follows. */
  readonly onRebalancing: () => void
  /** The coordinator has answered: the connection works and the membership is valid. */
  readonly onCoordinatorAnswer: () => void
  /** All records up to and including this offset are hidden from readers: aborted transactions and control records. */
  readonly onSkipped: (position: PartitionOffset) => void
}

/** Partitions by topic. */
export type Assignment = ReadonlyMap<string, readonly number[]>

/** `rebalancing`: the group divides its partitions anew, and nothing was committed. */
export type CommitOutcome = 'committed' | 'rebalancing'

/** One consumer of a group. */
export interface GroupMember {
  /** Joins and reads until it is closed. Rejects when it crashes, and never restarts by itself. */
  run(): Promise<void>
  /** Commits the offsets of the next records to read. Does nothing for a generation that has ended. */
  commit(positions: readonly PartitionOffset[]): Promise<CommitOutcome>
  seek(position: PartitionOffset): void
  pause(topic: string, partition: number): void
  resume(topic: string, partition: number): void
  /** Waits for the batches that are being handled, then leaves the group. */
  close(): Promise<void>
  /** Cuts its connections: nothing of it goes on. */
  destroy(): void
}

/** Records of one partition that were fetched together. */
export interface Batch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly KafkaRecord[]
  /** The offset after all that was fetched, hidden records included. */
  readonly end: string
  /** False once another generation has begun: the partition may be another member's. */
  isCurrent(): boolean
  /**
   * Must be called at least every third of the session time-out. Rejects with an error of the library where the group must be joined
   * again: `onBatch` must reject with the same one.
   */
  heartbeat(): Promise<void>
  /** Moves the read position behind this record. */
  resolve(offset: string): void
}

/** A record as it was read. */
export interface KafkaRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** By name. Absent in message formats before 2. */
  readonly headers?: Readonly<Record<string, HeaderValue>> | null | undefined
  readonly offset: string
  /** Milliseconds since 1970, written by producer or broker. Absent in message format 0. */
  readonly timestamp?: string | undefined
}

/** The values of a record under one header name. */
export type HeaderValue = Bytes | null | (Bytes | null)[] | undefined
