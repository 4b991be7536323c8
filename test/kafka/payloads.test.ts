import { afterAll, expect, test } from 'vitest'
import { eventually } from '../services/client.ts'
import { createTopic, describeKafka, kafka, lag } from '../services/kafka.ts'
import { makeFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { InProcessService } from './support/in-process-service.ts'
import { event, KafkaPeer } from './support/kafka-peer.ts'
import { create, document } from './support/saga.ts'

const SCHEMA = { required: ['table'], properties: { table: { type: 'integer', minimum: 1 } } }
const WHY = 'payload/table: found a string of length 4, expected an integer'

describeKafka('events whose payload breaks its schema', () => {
  let here: InProcessService | undefined
  let peer: KafkaPeer | undefined
  afterAll(async () => void (await Promise.all([peer?.close(), here?.stop()])))

  test('C2.1 C4.2 P20 are logged, counted and dead letters; the partition goes on', async () => {
    const letters = await createTopic('letters', 1)
    const { events, group, file } = await makeFixture({ partitions: 1, settings: { deadLetterTopic: letters } })
    const states = file.machineDefinition.states.map((state) => ({
      ...state,
      outgoingTransitions: state.outgoingTransitions?.map((one) =>
        one.inputEvent === 'validationOK' ? { ...one, payloadValidationSchema: SCHEMA } : one,
      ),
    }))
    here = await startInProcess({ ...file, machineDefinition: { ...file.machineDefinition, states } })
    const { ask, logged } = here
    peer = await KafkaPeer.join({ address: kafka.addresses.plaintext, hears: [letters] })
    const id = await create(ask)
    const before = await document(ask, id)
    await peer.say([event(events, id, { label: 'validationOK', payload: { table: 'four' } })])

    const [letter] = await peer.until(letters, 1)
    const value = JSON.stringify({ messageLabel: 'validationOK', messagePayload: { table: 'four' } })
    expect(letter).toMatchObject({ key: id, value })
    expect(Object.fromEntries(letter?.headers ?? [])).toMatchObject({
      'dead-letter-reason': 'refused',
      'dead-letter-why': WHY,
      'dead-letter-topic': events,
    })
    expect(await document(ask, id)).toEqual(before)
    expect(logged.filter(({ code }) => code === 'event.refused')).toMatchObject([
      { level: 'error', fields: { saga: id, label: 'validationOK', state: 'reservationCreated', why: WHY } },
    ])
    expect((await ask('/-/metrics')).text).toContain('batuta_internal_total{what="poison-refused"} 1')

    await peer.say([
      event(events, id, { label: 'validationOK', payload: { table: 4 } }),
      event(events, id, { label: 'checkOK' }),
    ])
    await eventually(async () => ((await lag(group, events)) === 0 ? true : undefined))
    expect(await document(ask, id)).toMatchObject({ currentState: 'reservationConfirmed', metadata: { table: 4 } })
  })
})
