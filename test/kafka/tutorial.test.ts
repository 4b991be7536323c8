import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { crudService, flowManagerCollection } from '../fakes/crud-service.ts'
import { CONFIRMS } from '../services/behaviour.ts'
import { call } from '../services/client.ts'
import { createTopic, describeKafka, kafka } from '../services/kafka.ts'
import { Worker } from '../services/worker.ts'
import { KafkaPeer } from './support/kafka-peer.ts'
import { askOf, atRest, create, reached } from './support/saga.ts'

const FILE = join(import.meta.dirname, '../fixtures/reservation.kafka-crud.saga.json')

interface Tutorial {
  readonly communicationProtocols: readonly [{ readonly configurations: Record<string, unknown> }]
  readonly persistencyManagement: { readonly configurations: Record<string, unknown> }
}

/** The tutorial's last file, with its Kafka settings completed, and host and port of the CRUD Service changed. */
async function tutorial(crud: { readonly host: string; readonly port: number }) {
  const file = JSON.parse(readFileSync(FILE, 'utf8')) as Tutorial
  const [events, commands] = await Promise.all([createTopic('events'), createTopic('commands')])
  const [{ configurations: channel }] = file.communicationProtocols
  const { ssl, sasl } = channel['authenticationProperties'] as { ssl: true; sasl: object }
  Object.assign(channel, {
    brokers: [kafka.addresses.saslSsl],
    inputTopics: [events],
    outputTopics: [commands],
    consumerGroup: `group-of-${events}`,
    authenticationProperties: { ssl, sasl: { ...sasl, ...kafka.user } },
  })
  const { configurations: store } = file.persistencyManagement
  Object.assign(store, { host: crud.host, port: crud.port })
  return { file, events, commands, collection: String(store['collectionName']) }
}

describeKafka('the tutorial', () => {
  test('C2.4 C5 C6.2 its saga.json with the CRUD Service leads a saga to its end, in the shape of the reference', async () => {
    const { persistencyManagement } = JSON.parse(readFileSync(FILE, 'utf8')) as Tutorial
    const endpointBasePath = `/${String(persistencyManagement.configurations['collectionName'])}`
    const crud = await crudService({ definition: { ...flowManagerCollection(), endpointBasePath } })
    onTestFinished(() => crud.close())
    const { file, events, commands, collection } = await tutorial(crud)
    const answers = { script: CONFIRMS, to: events }
    const peer = await KafkaPeer.join({ address: kafka.addresses.plaintext, hears: [commands], answers })
    onTestFinished(() => peer.close())
    const worker = await workerOf(file)
    onTestFinished(() => worker.stop())
    await worker.start()

    const ask = askOf(worker)
    const sagaId = await create(ask, { guests: 2 })
    await reached(ask, sagaId, 'reservationConfirmed')
    await atRest(ask, sagaId)

    // In the form that the reference reads.
    const { status, json } = await call(`${crud.origin}/${encodeURIComponent(collection)}/?sagaId=${sagaId}`)
    expect(status).toBe(200)
    expect(json).toEqual([{ ...KEPT_BY_THE_SERVICE, ...documentOf(sagaId) }])
    const elsewhere = crud.requests.filter(({ path }) => !decodeURI(path).startsWith(endpointBasePath))
    expect(new Set(elsewhere.map(({ path }) => path))).toEqual(new Set(['/-/schemas']))
  })
})

/** TLS as in the tutorial, `true`: the host's authorities are trusted. */
async function workerOf(file: Tutorial): Promise<Worker> {
  const environment: Record<string, string> = {}
  const worker = await Worker.prepare({ script: 'start:kafka', configuration: JSON.stringify(file), environment })
  environment['NODE_EXTRA_CA_CERTS'] = join(worker.folder, 'ca.crt')
  writeFileSync(environment['NODE_EXTRA_CA_CERTS'], kafka.ca)
  return worker
}

const SOME = expect.any(String) as string
const AT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string
const KEPT_BY_THE_SERVICE = {
  _id: SOME,
  creatorId: SOME,
  createdAt: SOME,
  updaterId: SOME,
  updatedAt: SOME,
  __STATE__: 'PUBLIC',
}

/** C5a, every field: our own fields are inside of `history`, beside those that the reference reads. */
function documentOf(sagaId: string): object {
  const state = (state: string, businessStateId: number, businessStateDescription: string) =>
    expect.objectContaining({ state, timestamp: AT, businessStateId, businessStateDescription })
  const event = (event: string, business: object = {}) => expect.objectContaining({ event, timestamp: AT, ...business })
  return {
    sagaId,
    associatedEntityId: 'table-4',
    currentState: 'reservationConfirmed',
    latestEvent: event('checkOK', { businessEventId: 0, businessEventDescription: 'Reservation confirmed' }),
    isFinal: true,
    businessStateId: '1',
    businessStateDescription: 'The reservation is confirmed',
    metadata: { guests: 2, validationOK: true, checkOK: true },
    history: expect.objectContaining({
      states: [
        state('reservationCreated', 0, 'The reservation is in progress'),
        state('reservationValidated', 0, 'The reservation is in progress'),
        state('reservationConfirmed', 1, 'The reservation is confirmed'),
      ],
      events: [
        event('__created__'),
        event('validationOK'),
        event('checkOK', { businessEventId: 0, businessEventDescription: 'Reservation confirmed' }),
      ],
    }),
  }
}
