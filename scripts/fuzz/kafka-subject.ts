import { createRequire } from 'node:module'
import '../../adapters/channel/kafka/kafkajs/client.ts'
import type { Batcher } from '../../adapters/channel/kafka/producer/batcher.ts'
import { DeadLetters } from '../../adapters/channel/kafka/consumer/dead-letters.ts'
import type { KafkaMessage, KafkaRecord } from '../../adapters/channel/kafka/driver.ts'
import { PartitionProgress } from '../../adapters/channel/kafka/consumer/progress.ts'
import { readBatch } from '../../adapters/channel/kafka/consumer/reading.ts'
import type { BatchResult, BatchRequest } from '../../adapters/channel/kafka/consumer/reading.ts'
import { Semaphore } from '../../adapters/channel/kafka/consumer/semaphore.ts'
import { BatutaError } from '../../src/errors.ts'
import type { Metrics } from '../../src/ports/metrics.ts'
import type { Fields, Runtime } from '../../src/ports/runtime.ts'
import type { Intake, Taken } from '../../src/ports/source.ts'
import type { EventFate, FuzzedLetter, Handled, HandleRecords, World } from '../../testing/fuzz/kafka.ts'
import { recordBytes } from '../../testing/fuzz/record-bytes.ts'
import type { RawRecord } from '../../testing/fuzz/record-bytes.ts'

const kafkajs = createRequire(import.meta.url)
/** kafkajs's encoder and decoder of records, as its consumer and producer use them. */
const Encoder = kafkajs('kafkajs/src/protocol/encoder.js') as new () => Encoded
const Decoder = kafkajs('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => { readVarIntBytes(): Buffer }
const decode = kafkajs('kafkajs/src/protocol/recordBatch/record/v0/decoder.js') as (
  from: object,
  batch: object,
) => KafkaRecord
const encode = kafkajs('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (message: object) => Encoded

interface Encoded {
  writeEncoder(encoded: Encoded): Encoded
  readonly buffer: Buffer
}

const BATCH = { firstOffset: '0', firstTimestamp: '0', magicByte: 2 }
/** More rounds than an event is retried before it becomes a dead letter. */
const ROUNDS = 8
const ALWAYS = (): boolean => true

/** Runs records through decoding, reading and the dead-letter topic. Corridor and topic behave as `world` says. */
export const handleRecords: HandleRecords = async (records, world) => {
  const batch = records.map(received)
  const topic = new DeadLetterTopic(world)
  const logged = new LoggedOffsets()
  const runtime = runtimeOf(logged)
  const place = new PartitionProgress('orders', 0)
  const settled = new Set<string>()
  const options = {
    runtime,
    metrics: METRICS,
    semaphore: new Semaphore(512),
    sessionTimeout: 10_000,
    cluster: 'cluster-1',
    deadLetters: world.topic === undefined ? undefined : new DeadLetters('dead', topic, runtime),
    intake: intakeOf(world, (offset) => settled.add(offset)),
  }
  let done = 0
  for (let round = 0; round < ROUNDS && done < batch.length; round++) {
    const rest = batch.slice(done)
    const request = { batch: batchOf(rest), progress: place, isWanted: ALWAYS, isOpen: ALWAYS }
    const read = await readBatch(options, request)
    advance(place, rest, read)
    done += read.settled
    if (read.settled > 0) round = 0
  }
  return batch.map(({ offset }, index): Handled => {
    if (index >= done && !place.isSettled(offset)) return { outcome: 'waits' }
    const outcome = logged.reasons.get(offset) ?? (settled.has(offset) ? 'settled' : 'lost')
    const letter = topic.letters.get(offset)
    return { outcome, isPassedOver: logged.passedOver.has(offset), ...(letter && { letter }) }
  })
}

/** Advances the progress as a session does. */
function advance(
  place: PartitionProgress,
  rest: readonly KafkaRecord[],
  { settled, beyond, stuck }: BatchResult,
): void {
  const first = rest[settled]?.offset
  place.advance(first ?? String(BigInt(rest.at(-1)?.offset ?? '0') + 1n), beyond)
  if (stuck !== undefined && first !== undefined) place.countStuck(first, stuck.why, 1)
}

function batchOf(records: readonly KafkaRecord[]): BatchRequest['batch'] {
  const nothing = { isCurrent: ALWAYS, heartbeat: async () => undefined, resolve: () => undefined }
  return { topic: 'orders', partition: 0, records, end: '', ...nothing }
}

/** The record as kafkajs delivers it: decoded from its bytes in format 2, without headers in older formats. */
function received(record: RawRecord, index: number): KafkaRecord {
  const { key, value, headers, timestamp } = record
  if (headers !== undefined) return decode(new Decoder(recordBytes(record, index)), BATCH)
  return { key, value, offset: String(index), ...(timestamp !== undefined && { timestamp: String(timestamp) }) }
}

/** A dead-letter topic that refuses large records, and records without key where it is compacted. It stores records as kafkajs decodes them. */
class DeadLetterTopic implements Pick<Batcher, 'put'> {
  readonly letters = new Map<string, FuzzedLetter>()
  readonly #world: World
  #outages: number

  constructor(world: World) {
    this.#world = world
    this.#outages = world.topic?.outages ?? 0
  }

  async put(_: readonly string[], { key, value, headers }: KafkaMessage): Promise<void> {
    if (this.#outages-- > 0) throw new BatutaError('broker-unreachable', 'the broker is away')
    const bytes = new Encoder().writeEncoder(encode({ key, value, headers: { ...headers } })).buffer
    const { largest, isCompacted } = this.#world.topic ?? { largest: 0, isCompacted: false }
    if (bytes.length > largest) throw new BatutaError('message-too-large', 'the record is too large')
    if (isCompacted && key === null) throw new BatutaError('message-refused', 'compacted topics want keys')
    const letter = decode(new Decoder(new Decoder(bytes).readVarIntBytes()), BATCH) as FuzzedLetter
    this.letters.set(String(letter.headers['dead-letter-offset']), letter)
  }
}

/** The logged reasons by offset. */
class LoggedOffsets {
  readonly reasons = new Map<string, string>()
  readonly passedOver = new Set<string>()

  add(fields: Fields): void {
    const offset = String(fields['offset'])
    if (fields['reason'] === 'dead-letter') this.passedOver.add(offset)
    else if (typeof fields['reason'] === 'string') this.reasons.set(offset, fields['reason'])
  }
}

function intakeOf({ fates }: World, settled: (offset: string) => void): Intake {
  const answers: Readonly<Record<Exclude<EventFate, 'throws'>, Taken>> = {
    settled: { kind: 'settled' },
    poison: { kind: 'poison', reason: 'unknown-saga', why: 'there is no saga of this id' },
    stuck: { kind: 'stuck', why: 'the saga cannot be written', lastWritten: Number.POSITIVE_INFINITY },
  }
  return {
    isAway: false,
    async take({ origin = '' }) {
      const offset = origin.split('/').at(-1) ?? ''
      const fate = fates[Number(offset) % fates.length] ?? 'settled'
      if (fate === 'throws') throw new TypeError('a defect of ours')
      if (fate === 'settled') settled(offset)
      return answers[fate]
    },
  }
}

const nothing = (): void => undefined
const METRICS: Metrics = {
  request: nothing,
  entered: nothing,
  event: nothing,
  creation: nothing,
  prepare: nothing,
  step: nothing,
  saved: nothing,
  sent: nothing,
  retried: nothing,
  gaveUp: nothing,
  readChannels: nothing,
  refused: nothing,
  readRequests: nothing,
  lag: nothing,
  progressAge: nothing,
  dueTimers: nothing,
  waiting: nothing,
  watching: nothing,
  bulkItem: nothing,
  openOperations: nothing,
  stored: nothing,
  count: nothing,
  unknownReferences: nothing,
  text: async () => '',
}

/** A runtime whose timers fire at once. */
function runtimeOf(logged: LoggedOffsets): Runtime {
  const after: Runtime['after'] = (_, run) => {
    queueMicrotask(run)
    return nothing
  }
  return {
    name: 'fuzz',
    mayVanish: false,
    blocksPorts: false,
    wallClock: () => 0,
    monotonic: () => 0,
    random: () => 0,
    after,
    every: () => nothing,
    waitUntil: nothing,
    fetch: () => Promise.reject(new Error('nothing is fetched')),
    log: { write: (code, fields = {}) => void (code === 'kafka.poison' && logged.add(fields)), writes: () => false },
  }
}
