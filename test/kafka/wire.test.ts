import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONFIRMS } from '../services/behaviour.ts'
import { eventually } from '../services/client.ts'
import { createTopic, describeKafka, kafka, lag, produce } from '../services/kafka.ts'
import type { Worker } from '../services/worker.ts'
import { makeFixture, workerOf } from './support/fixture.ts'
import type { KafkaFixture } from './support/fixture.ts'
import { event, KafkaPeer } from './support/kafka-peer.ts'
import type { ReceivedRecord } from './support/kafka-peer.ts'
import { atRest, askOf, create, document, reached } from './support/saga.ts'
import type { AskService } from './support/saga.ts'

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
/** Every kind of value, and texts that a careless encoder would change. */
const METADATA = { n: 1.5, deep: { list: [null, true, 'é 🎼 "\\ \u2028'] }, '': '', ['__proto__x']: 0, '10': 1, '9': 2 }

describeKafka('records on the wire', () => {
  let fixture: KafkaFixture
  let copies: string
  let worker: Worker
  let peer: KafkaPeer
  let ask: AskService

  beforeAll(async () => {
    copies = await createTopic('copies', 3)
    fixture = await makeFixture()
    for (const { configurations } of fixture.file.communicationProtocols) {
      configurations['outputTopics'] = [fixture.commands, copies]
    }
    worker = await workerOf(fixture, { SAGA_ID_PREFIX: 'größe %/' })
    await worker.start()
    ask = askOf(worker)
    peer = await KafkaPeer.join({ address: kafka.addresses.plaintext, hears: [fixture.commands, copies] })
  })
  afterAll(async () => void (await Promise.all([peer?.close(), worker?.stop()])))

  const heardOf = (id: string, topic = fixture.commands) =>
    peer.heard.filter((one) => one.key === id && one.topic === topic)
  const hears = (id: string, count: number, topic?: string) =>
    eventually(() => (heardOf(id, topic).length >= count ? heardOf(id, topic) : undefined))
  const content = ({ key, value, headers }: ReceivedRecord) => ({ key, value, headers })
  const keyOf = (id: string, step: number) => encodeURIComponent(`${id}/${step}/0`).replaceAll('%2F', '/')

  test('C3.1 C3.5 P5 P7 a command is key, value and headers, byte by byte, in every output topic', async () => {
    const id = await create(ask, METADATA, { traceparent: TRACE })
    const command = {
      key: id,
      value: `{"messageLabel":"validateReservation","messagePayload":${JSON.stringify(METADATA)}}`,
      headers: [
        ['idempotency-key', keyOf(id, 0)],
        ['traceparent', TRACE],
      ],
    }
    expect((await hears(id, 1)).map(content)).toEqual([command])
    expect((await hears(id, 1, copies)).map(content)).toEqual([command])
    expect(keyOf(id, 0)).toMatch(/^gr%C3%B6%C3%9Fe%20%25\/[^/]+\/0\/0$/)
  })

  test('C3.1 C3.5 without a trace there is one header, and the next command has the whole metadata', async () => {
    const id = await create(ask, { a: 1, b: { c: 2 } })
    await peer.say([event(fixture.events, id, { label: 'validationOK', payload: { b: { d: 3 }, e: [] } })])
    const [first, second, ...more] = (await hears(id, 2)).map(content)
    expect(first?.headers).toEqual([['idempotency-key', keyOf(id, 0)]])
    expect(second).toEqual({
      key: id,
      value: '{"messageLabel":"checkReservation","messagePayload":{"a":1,"b":{"d":3},"e":[]}}',
      headers: [['idempotency-key', keyOf(id, 1)]],
    })
    expect(more).toEqual([])
  })

  test('C3.3 P7 an event without a header has its position as id, one with a header its own', async () => {
    const id = await create(ask)
    await peer.say([{ ...event(fixture.events, id, 'validationOK'), partition: 1 }])
    await reached(ask, id, 'reservationValidated')
    await peer.say([
      event(fixture.events, id, {
        label: 'checkOK',
        headers: { 'idempotency-key': 'gr%C3%B6%C3%9Fe/%F0%9F%8E%BC', x: 'y' },
      }),
    ])
    const { history } = await reached(ask, id, 'reservationConfirmed')
    const [, placed, keyed] = history.events.map((entry) => (entry as { id?: string }).id)
    expect(placed).toMatch(new RegExp(`^kafka/[^/]+/${fixture.events}/1/\\d+/\\d{13}$`))
    expect(keyed).toBe('key/größe/🎼')
  })

  test('C3.5 a trace that came with an event leaves with its command', async () => {
    const id = await create(ask)
    await peer.say([event(fixture.events, id, { label: 'validationOK', headers: { traceparent: TRACE } })])
    const [, second] = await hears(id, 2)
    expect(second?.headers).toEqual([
      ['idempotency-key', keyOf(id, 1)],
      ['traceparent', TRACE],
    ])
  })

  test.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('C3.3 events in batches packed with %s', async (codec) => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => create(ask, { codec })))
    await peer.say(
      ids.flatMap((id) => [
        event(fixture.events, id, { label: 'validationOK', payload: { t: 'x'.repeat(999) } }),
        event(fixture.events, id, 'checkOK'),
      ]),
      codec,
    )
    for (const id of ids) {
      const { metadata } = await reached(ask, id, 'reservationConfirmed')
      expect(metadata).toEqual({ codec, t: 'x'.repeat(999) })
    }
  })

  test('P16 C3.3 a record of 900 KB, above the fetch size of a partition, and those around it are read', async () => {
    const id = await create(ask)
    const large = { blob: 'é'.repeat(450_000) }
    const events = [
      event(fixture.events, id, { label: 'validationOK', payload: large }),
      event(fixture.events, id, 'checkOK'),
    ]
    for (const one of events) await peer.say([one]) // one batch each
    const { metadata } = await reached(ask, id, 'reservationConfirmed')
    expect(metadata).toEqual(large)
    const [, command] = await hears(id, 2)
    expect(command?.value).toBe(`{"messageLabel":"checkReservation","messagePayload":${JSON.stringify(large)}}`)
  })

  test('I4 the same key in two records is one event', async () => {
    const id = await create(ask)
    const key = { 'idempotency-key': `once/${encodeURIComponent(id)}` }
    await produce(fixture.events, [
      { key: id, value: event('', '', 'validationOK').value as string, headers: key },
      { key: id, value: event('', '', 'validationOK').value as string, headers: key },
      { key: id, value: event('', '', 'checkOK').value as string },
    ])
    const { history } = await reached(ask, id, 'reservationConfirmed')
    expect(history.events).toHaveLength(3)
  })

  test('I1 I4 I7 P7 all events once more after a restart are duplicates, and nothing is sent again', async () => {
    peer.follow({ script: CONFIRMS, to: fixture.events })
    const ids = await Promise.all(Array.from({ length: 10 }, () => create(ask)))
    for (const id of ids) await reached(ask, id, 'reservationConfirmed')
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
    const before = await Promise.all(ids.map((id) => atRest(ask, id)))
    await worker.terminate()
    await rewind(fixture)
    expect(await lag(fixture.group, fixture.events)).toBeGreaterThan(20)
    await worker.start()
    await eventually(async () => ((await lag(fixture.group, fixture.events)) === 0 ? true : undefined))
    expect(await Promise.all(ids.map((id) => document(ask, id)))).toEqual(before)
    const counted = (await ask('/-/metrics')).text
    expect(counted).toMatch(/batuta_events_total\{outcome="duplicate"\} \d\d/)
    expect(counted).toMatch(/batuta_events_total\{outcome="moved"\} 0$/m)
    const bytes = new Map<string, string>()
    for (const { topic, key, value, headers } of peer.heard) {
      const name = `${topic} ${JSON.stringify(headers[0])}`
      expect(`${key} ${value}`).toBe(bytes.get(name) ?? `${key} ${value}`)
      bytes.set(name, `${key} ${value}`)
    }
  })
})

/** Deletes the commits of a group without members. */
async function rewind({ group, events }: KafkaFixture): Promise<void> {
  const admin = new Kafka({ brokers: [kafka.addresses.plaintext], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.resetOffsets({ groupId: group, topic: events, earliest: true })
  await admin.disconnect()
}
