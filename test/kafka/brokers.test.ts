import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Broker, startBroker } from '../../testing/broker/broker.ts'
import type { SagaFile } from '../services/reservation.ts'
import { createTopic, describeKafka, kafka, produce, readAll } from '../services/kafka.ts'
import { Topics } from '../services/topics.ts'
import type { NewRecord, ReadRecord } from '../services/topics.ts'
import { kafkaSaga, SESSION } from './support/kafka-saga.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { InProcessService } from './support/in-process-service.ts'
import { atRest, create, reached } from './support/saga.ts'

const event = (key: string, messageLabel: string, messagePayload: object = {}): NewRecord => ({
  key,
  value: JSON.stringify({ messageLabel, messagePayload }),
})
const labels = (records: readonly ReadRecord[]) =>
  records.map(({ key, value }) => `${key} ${(JSON.parse(value ?? '{}') as { messageLabel: string }).messageLabel}`)

describeKafka('one saga.json with channels on two brokers', () => {
  let other: Broker
  let there: Topics
  let here: InProcessService
  /** Two event topics and one command topic on the shared broker, one of each on the other broker. */
  let topics: Record<'guests' | 'kitchen' | 'validations' | 'checks' | 'answers', string>

  beforeAll(async () => {
    other = await startBroker()
    there = new Topics(other.addresses.plaintext)
    const [guests, kitchen, validations] = await Promise.all(
      ['guests', 'kitchen', 'validations'].map((name) => createTopic(name, 2)),
    )
    const [checks, answers] = await Promise.all(['checks', 'answers'].map((name) => there.create(name, 2)))
    topics = { guests, kitchen, validations, checks, answers } as typeof topics
    here = await startInProcess(file())
  })
  afterAll(async () => {
    await Promise.all([here?.stop(), there?.close()])
    await other?.close()
  })

  /** The reservation with its first command on one channel and its second on another. */
  function file(): SagaFile {
    const channel = (id: string, settings: object) => kafkaSaga({ sessionTimeout: SESSION, ...settings }, id)
    const first = channel('validation', {
      brokers: [kafka.addresses.plaintext],
      inputTopics: [topics.guests, topics.kitchen],
      outputTopics: [topics.validations],
      consumerGroup: `group-of-${topics.guests}`,
    })
    const second = channel('check', {
      brokers: [other.addresses.plaintext],
      inputTopics: [topics.answers],
      outputTopics: [topics.checks],
      consumerGroup: `group-of-${topics.answers}`,
    })
    const states = first.machineDefinition.states.map((state) =>
      state.outputCommand?.label === 'checkReservation'
        ? { ...state, outputCommand: { ...state.outputCommand, channel: 'check' } }
        : state,
    )
    return {
      ...first,
      machineDefinition: { ...first.machineDefinition, states },
      communicationProtocols: [...first.communicationProtocols, ...second.communicationProtocols],
    }
  }

  test('C2.2 C3.3 events are read from every input topic of every channel, each command goes to its own channel', async () => {
    const { ask } = here
    const [one, two] = await Promise.all([create(ask), create(ask)])
    await produce(topics.guests, [event(one, 'validationOK', { by: 'guests' })])
    await produce(topics.kitchen, [event(two, 'validationOK', { by: 'kitchen' })])
    expect((await reached(ask, one, 'reservationValidated')).metadata).toEqual({ by: 'guests' })
    expect((await reached(ask, two, 'reservationValidated')).metadata).toEqual({ by: 'kitchen' })
    await there.produce(topics.answers, [event(one, 'checkOK')])
    await produce(topics.guests, [event(two, 'checkKO')]) // from any channel, not only that of its command
    await reached(ask, one, 'reservationConfirmed')
    await reached(ask, two, 'reservationFailed')
    for (const id of [one, two]) await atRest(ask, id)
    const validations = [`${one} validateReservation`, `${two} validateReservation`]
    expect(labels(await readAll(topics.validations)).toSorted()).toEqual(validations.toSorted())
    const checks = [`${one} checkReservation`, `${two} checkReservation`]
    expect(labels(await there.readAll(topics.checks)).toSorted()).toEqual(checks.toSorted())
  })

  test('C7 readiness names the cluster that does not answer', async () => {
    expect((await here.ask('/-/ready')).status).toBe(200)
    await other.kill()
    const { status, text } = await here.ask('/-/ready')
    expect([status, text]).toEqual([503, expect.stringContaining(other.addresses.plaintext)])
  })
})
