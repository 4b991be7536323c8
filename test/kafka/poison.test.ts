import { randomUUID } from 'node:crypto'
import { Kafka, logLevel } from 'kafkajs'
import type { IHeaders } from 'kafkajs'
import { afterEach, expect, test } from 'vitest'
import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { eventually } from '../services/client.ts'
import { createTopic, describeKafka, kafka, lag, readAll } from '../services/kafka.ts'
import { makeFixture } from './support/fixture.ts'
import type { KafkaFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { InProcessService } from './support/in-process-service.ts'
import { create, document } from './support/saga.ts'
import { sharedStore } from './support/store-handles.ts'

interface Raw {
  readonly key: Buffer | string | null
  readonly value: Buffer | string | null
  readonly headers?: IHeaders
}

const value = (messageLabel: unknown, messagePayload: unknown = {}) => JSON.stringify({ messageLabel, messagePayload })
const NO_UTF8 = Buffer.from([0x7b, 0xff, 0xfe, 0x7d])

const INEXACT = '{"messageLabel":"validationOK","messagePayload":{"sum":9007199254740993}}'

/** Bytes of metadata that the store allows (P24). */
const LIMIT = 10_000
const MUCH = 'x'.repeat(LIMIT)

/** Bad records of all kinds, with the reason of each. */
const POISON: readonly (readonly [name: string, reason: string, make: (saga: string) => Raw])[] = [
  ['a label for later', 'unexpected', (key) => ({ key, value: value('checkOK'), headers: { 'idempotency-key': '%' } })],
  ['a payload too much for the store', 'too-large', (key) => ({ key, value: value('validationOK', { much: MUCH }) })],
  ['no key', 'bad-key', () => ({ key: null, value: value('validationOK') })],
  ['an empty key', 'bad-key', () => ({ key: '', value: value('validationOK') })],
  ['a key that is not UTF-8', 'bad-key', () => ({ key: NO_UTF8, value: value('validationOK') })],
  ['a key without end', 'bad-key', () => ({ key: 'k'.repeat(1_025), value: value('validationOK') })],
  ['a tombstone', 'bad-value', (key) => ({ key, value: null })],
  ['nothing', 'bad-value', (key) => ({ key, value: '' })],
  ['no UTF-8', 'bad-value', (key) => ({ key, value: NO_UTF8 })],
  ['half of an event', 'bad-value', (key) => ({ key, value: value('validationOK').slice(0, -1) })],
  ['an array', 'bad-value', (key) => ({ key, value: '[]' })],
  ['null', 'bad-value', (key) => ({ key, value: 'null' })],
  ['no label', 'bad-value', (key) => ({ key, value: '{"messagePayload":{}}' })],
  ['a label that is a number', 'bad-value', (key) => ({ key, value: value(1) })],
  ['a payload that is a list', 'bad-value', (key) => ({ key, value: value('validationOK', []) })],
  ['levels without end', 'bad-value', (key) => ({ key, value: '['.repeat(100_000) + ']'.repeat(100_000) })],
  ['a saga that is nowhere', 'unknown-saga', () => ({ key: 'nobody', value: value('validationOK') })],
  ['a number that no double holds', 'inexact-number', (key) => ({ key, value: INEXACT })],
  ['a label that is nowhere', 'unexpected', (key) => ({ key, value: value('no such label') })],
]
const HEADERS = { mine: 'ä', twice: ['1', '2'], bytes: NO_UTF8 }

describeKafka('records without an event of a saga', () => {
  let here: InProcessService | undefined
  const kafkajs = new Kafka({ brokers: [kafka.addresses.plaintext], logLevel: logLevel.NOTHING })
  afterEach(() => here?.stop())

  async function send(topic: string, messages: readonly Raw[]): Promise<void> {
    const producer = kafkajs.producer()
    await producer.connect()
    await producer.send({ topic, messages: messages.map((one) => ({ ...one })) })
    await producer.disconnect()
  }

  /** Writes good events and all the poison to one partition, and waits for the good ones. */
  async function mixed({ events }: KafkaFixture, { ask }: InProcessService): Promise<{ ids: string[]; sent: Raw[] }> {
    const ids = await Promise.all([create(ask), create(ask)])
    const sent = POISON.map(([, , make]) => ({ headers: HEADERS, ...make(ids[0] as string) }))
    const good = ids.map((key) => ({ key, value: value('validationOK', { good: true }) }))
    const last = ids.map((key) => ({ key, value: value('checkOK') }))
    await send(events, [...sent.slice(0, 9), ...good.slice(0, 1), ...sent.slice(9), ...good.slice(1), ...last])
    return { ids, sent }
  }

  async function atRest(
    { group, events }: KafkaFixture,
    { ask }: InProcessService,
    ids: readonly string[],
  ): Promise<void> {
    await eventually(async () => ((await lag(group, events)) === 0 ? true : undefined))
    for (const id of ids) {
      expect(await document(ask, id)).toMatchObject({ currentState: 'reservationConfirmed', metadata: { good: true } })
    }
  }

  /** Positions of the records in error lines, in the corridor's form or the adapter's. */
  const logsOf = ({ logged }: InProcessService, topic: string) =>
    logged.flatMap(({ level, fields }) => {
      const place = ['topic', 'partition', 'offset'].map((name) => String(fields[name])).join('/')
      const found = 'origin' in fields ? String(fields['origin']) : place
      return level === 'error' && found.startsWith(topic) ? [found] : []
    })

  /** Reasons that were counted; every series begins at zero. */
  async function counted({ ask }: InProcessService): Promise<Record<string, number>> {
    const { text } = await ask('/-/metrics')
    const found = [...text.matchAll(/batuta_internal_total\{what="poison-([a-z-]+)"\} ([1-9]\d*)/g)]
    return Object.fromEntries(found.map(([, reason = '', times]) => [reason, Number(times)]))
  }
  const expected = () => {
    const reasons = Map.groupBy(POISON, ([, reason]) => reason)
    return Object.fromEntries([...reasons].map(([reason, list]) => [reason, list.length]))
  }

  test('P20 P24 C4.4 without a dead-letter topic: logged once, counted, and the partition goes on', async () => {
    const fixture = refusing(await makeFixture({ partitions: 1 }))
    here = await startInProcess(fixture.file, { store: narrowStore() })
    const { ids } = await mixed(fixture, here)
    await atRest(fixture, here, ids)
    const offsets = POISON.map((_, index) => `${fixture.events}/0/${index < 9 ? index : index + 1}`)
    expect(logsOf(here, fixture.events).sort()).toEqual(offsets.sort())
    expect(await counted(here)).toEqual(expected())
    expect((await here.ask('/-/healthz')).status).toBe(200)
  })

  test('P20 P24 C2.5a with a dead-letter topic: key, value and headers byte by byte, with reason and position', async () => {
    const letters = await createTopic('letters', 1)
    const fixture = refusing(await makeFixture({ partitions: 1, settings: { deadLetterTopic: letters } }))
    here = await startInProcess(fixture.file, { store: narrowStore() })
    const { ids, sent } = await mixed(fixture, here)
    await atRest(fixture, here, ids)
    const found = await rawOf(letters)
    expect(found).toHaveLength(POISON.length)
    for (const [index, [name, reason]] of POISON.entries()) {
      const offset = String(index < 9 ? index : index + 1)
      const letter = found.find(({ headers }) => headers?.['dead-letter-offset']?.toString() === offset)
      const { key, value: bytes, headers } = sent[index] as Raw
      const buffer = (given: Raw['value']) => (given === null ? null : Buffer.from(given))
      expect({ name, key: letter?.key, value: letter?.value }).toEqual({ name, key: buffer(key), value: buffer(bytes) })
      const texts = Object.entries(letter?.headers ?? {}).filter(([header]) => header.startsWith('dead-letter-'))
      expect(Object.fromEntries(texts.map(([header, text]) => [header, String(text)]))).toEqual({
        'dead-letter-reason': reason,
        'dead-letter-why': expect.stringMatching(/.{10}/),
        'dead-letter-topic': fixture.events,
        'dead-letter-partition': '0',
        'dead-letter-offset': offset,
        'dead-letter-timestamp': expect.stringMatching(/^\d{13}$/),
      })
      const own = Object.entries(headers ?? {}).map(([header, given]) => [header, [given].flat().map(String)])
      const kept = own.map(([header]) => [header, [letter?.headers?.[header as string]].flat().map(String)])
      expect(kept).toEqual(own)
    }
    expect(await counted(here)).toEqual(expected())
  })

  test('P20 P15 a value that is too large to be copied leaves a letter with its position', async () => {
    const letters = await createNarrow(10_000)
    const fixture = await makeFixture({ partitions: 1, settings: { deadLetterTopic: letters } })
    here = await startInProcess(fixture.file)
    const id = await create(here.ask)
    await send(fixture.events, [{ key: id, value: `{${'x'.repeat(20_000)}`, headers: {} }])
    await send(fixture.events, [{ key: id, value: value('validationOK', { good: true }) }])
    await send(fixture.events, [{ key: id, value: value('checkOK') }])
    await atRest(fixture, here, [id])
    const [letter] = await readAll(letters)
    expect(letter).toMatchObject({ key: id, value: null })
    expect(letter?.headers).toMatchObject({
      'dead-letter-offset': '0',
      'dead-letter-why': expect.stringMatching(/large/),
    })
  })

  async function createNarrow(bytes: number): Promise<string> {
    const topic = `narrow-${randomUUID()}`
    const admin = kafkajs.admin()
    await admin.connect()
    const configEntries = [{ name: 'max.message.bytes', value: String(bytes) }]
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] })
    await admin.disconnect()
    return topic
  }

  /** Reads records without decoding them. */
  async function rawOf(topic: string) {
    const consumer = kafkajs.consumer({ groupId: `raw-${topic}`, maxWaitTimeInMs: 100 })
    const found: { key: Buffer | null; value: Buffer | null; headers?: IHeaders }[] = []
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => void found.push(message) })
    await eventually(() => (found.length >= POISON.length ? true : undefined))
    await consumer.disconnect()
    return found
  }
})

function refusing(fixture: KafkaFixture): KafkaFixture {
  return { ...fixture, file: { ...fixture.file, settings: { inexactNumbers: 'refuse' } } }
}

/** A store with a limit, which it checks before it writes. */
function narrowStore(): Persistency {
  const door = sharedStore(memoryPersistency()).door()
  return {
    ...door,
    save: async (change, next, basis) =>
      JSON.stringify(next.metadata).length > LIMIT
        ? { kind: 'too-large', limit: LIMIT }
        : door.save(change, next, basis),
  }
}
