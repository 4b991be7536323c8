import { Producer } from '@platformatic/kafka'
import { afterEach, expect, test } from 'vitest'
import { handleRecords } from '../../scripts/fuzz/kafka-subject.ts'
import type { World } from '../../testing/fuzz/kafka.ts'
import { Chance } from '../../testing/fuzz/chance.ts'
import { rawRecord } from '../../testing/fuzz/records.ts'
import type { RawHeader, RawRecord } from '../../testing/fuzz/record-bytes.ts'
import { eventually } from '../services/client.ts'
import { createTopic, describeKafka, kafka, lag, readAll } from '../services/kafka.ts'
import { makeFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { InProcessService } from './support/in-process-service.ts'
import { create, document, reached } from './support/saga.ts'

const value = (messageLabel: string) => Buffer.from(JSON.stringify({ messageLabel, messagePayload: {} }))
const header = (name: string, text: string | null): RawHeader => ({
  name: Buffer.from(name),
  value: text === null ? null : Buffer.from(text),
})
const STRANGE: readonly (readonly RawHeader[])[] = [
  [header('idempotency-key', null)],
  [header('Idempotency-Key', null), header('traceparent', null)],
  [header('idempotency-key', 'a'), header('idempotency-key', null), header('idempotency-key', 'b')],
  [header('constructor', 'x'), header('__proto__', null), header('hasOwnProperty', null), header('toString', 'y')],
  [header('', null), { name: Buffer.from([0xff, 0xfe]), value: Buffer.from([0xff]) }],
  Array.from({ length: 20_000 }, (_, index) => header(`h${index}`, null)),
]

describeKafka('records with headers of any kind', () => {
  let here: InProcessService | undefined
  afterEach(() => here?.stop())

  /** Writes them in this order to the only partition. */
  async function send(topic: string, records: readonly Omit<RawRecord, 'timestamp'>[]): Promise<void> {
    const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
      clientId: 'other',
      bootstrapBrokers: [kafka.addresses.plaintext],
    })
    const messages = records.map(({ key, value: bytes, headers = [] }) => ({
      topic,
      partition: 0,
      key: key as Buffer,
      value: bytes as Buffer,
      headers: new Map(headers.map(({ name, value: text }) => [name, text as Buffer])),
    }))
    await producer.send({ messages })
    await producer.close()
  }

  test('P20 I1 C3.5 an event with any headers takes effect, and the consumer never ends', async () => {
    const fixture = await makeFixture({ partitions: 1 })
    here = await startInProcess(fixture.file)
    const { ask, logged } = here
    const ids = await Promise.all(STRANGE.map(() => create(ask)))
    const events = ids.map((id, index) => ({
      key: Buffer.from(id),
      value: value('validationOK'),
      headers: STRANGE[index],
    }))
    await send(fixture.events, events)
    for (const id of ids) await reached(ask, id, 'reservationValidated')
    // The same key once more, in another letter case: no second event.
    const [, , keyed = ''] = ids
    await send(fixture.events, [{ ...(events[2] as RawRecord), headers: [header('IDEMPOTENCY-KEY', 'b')] }])
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
    const { history } = await document(ask, keyed)
    expect(history.events.map(({ event }) => event)).toEqual(['__created__', 'validationOK'])
    expect(logged.filter(({ level, code }) => level === 'error' || code === 'kafka.consumer-ended')).toEqual([])
  })

  test('P20 C2.5a poison with any headers is written to the dead-letter topic, and the partition goes on', async () => {
    const letters = await createTopic('letters', 1)
    const fixture = await makeFixture({ partitions: 1, settings: { deadLetterTopic: letters } })
    here = await startInProcess(fixture.file)
    const id = await create(here.ask)
    const poison = STRANGE.map((headers) => ({ key: Buffer.from('nobody'), value: value('validationOK'), headers }))
    await send(fixture.events, [...poison, { key: Buffer.from(id), value: value('validationOK'), headers: [] }])
    await reached(here.ask, id, 'reservationValidated')
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
    const found = await readAll(letters)
    expect(found.map(({ key, headers }) => [key, headers['dead-letter-reason']])).toEqual(
      poison.map(() => ['nobody', 'unknown-saga']),
    )
    const changes = found.map(({ headers }) => headers['dead-letter-changed'] ?? '')
    expect(changes[0]).toBe('header values null, sent as empty: "idempotency-key"')
    expect(changes[3]).toBe('header values null, sent as empty: "__proto__", "hasOwnProperty"')
    expect(found[3]?.headers).toMatchObject({ constructor: 'x', toString: 'y' })
    expect(changes[5]).toContain('19000 of 20000 header values left out')
    expect(here.logged.filter(({ code }) => code === 'kafka.consumer-ended' || code === 'kafka.consumer-down')).toEqual(
      [],
    )
  })

  test('P20 I1 three hundred records of the fuzz have the outcomes that it predicts', async () => {
    const letters = await createTopic('letters', 1)
    const fixture = await makeFixture({ partitions: 1, settings: { deadLetterTopic: letters } })
    here = await startInProcess(fixture.file)
    const id = await create(here.ask)
    const chance = new Chance(7)
    const records = Array.from({ length: 300 }, () => ({ ...rawRecord(chance), timestamp: undefined }))
    const world: World = { fates: ['poison'], topic: { largest: 1_000_000, isCompacted: false, outages: 0 } }
    const alone = await handleRecords(records, world)
    await send(fixture.events, records)
    await send(fixture.events, [{ key: Buffer.from(id), value: value('validationOK'), headers: [] }])
    await reached(here.ask, id, 'reservationValidated')
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
    const found = await readAll(letters)
    const reasons = (list: readonly (string | undefined)[]) => list.map(String).toSorted((a, b) => a.localeCompare(b))
    expect(reasons(found.map(({ headers }) => headers['dead-letter-reason']))).toEqual(
      reasons(alone.map(({ outcome }) => outcome)),
    )
    expect(here.logged.filter(({ code }) => code === 'kafka.consumer-ended' || code === 'kafka.consumer-down')).toEqual(
      [],
    )
  })
})
