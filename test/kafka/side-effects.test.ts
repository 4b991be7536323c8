import { afterAll, expect, test } from 'vitest'
import { describeKafka, kafka } from '../services/kafka.ts'
import { makeFixture } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { InProcessService } from './support/in-process-service.ts'
import { event, KafkaPeer } from './support/kafka-peer.ts'
import { atRest, create } from './support/saga.ts'

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

describeKafka('side effects on the wire', () => {
  let here: InProcessService | undefined
  let peer: KafkaPeer | undefined
  afterAll(async () => void (await Promise.all([peer?.close(), here?.stop()])))

  test('C2.1 C3.1 C3.5 P5 are records like commands, under keys that begin with 1, with or without a command', async () => {
    const { commands, events, file } = await makeFixture()
    const { machineDefinition } = file
    const effects: Readonly<Record<string, readonly string[]>> = {
      reservationCreated: ['tellGuest', 'tellKitchen'],
      reservationFailed: ['apologise'],
    }
    const states = machineDefinition.states.map((state) => {
      const labels = effects[state.id] ?? []
      return { ...state, sideEffects: labels.map((label) => ({ label, channel: 'kafkaChannel' })) }
    })
    here = await startInProcess({ ...file, machineDefinition: { ...machineDefinition, states } })
    peer = await KafkaPeer.join({ address: kafka.addresses.plaintext, hears: [commands] })
    const id = await create(here.ask, { guests: 4 }, { traceparent: TRACE })
    await peer.say([event(events, id, { label: 'validationKO', payload: { why: 'full' } })])
    const record = (number: string, [messageLabel, messagePayload]: readonly [string, object], trace?: string) => ({
      key: id,
      value: JSON.stringify({ messageLabel, messagePayload }),
      headers: [['idempotency-key', `${id}/${number}`], ...(trace === undefined ? [] : [['traceparent', trace]])],
    })
    const sent = [
      record('0/0', ['validateReservation', { guests: 4 }], TRACE),
      record('0/1', ['tellGuest', { guests: 4 }], TRACE),
      record('0/2', ['tellKitchen', { guests: 4 }], TRACE),
      record('1/1', ['apologise', { guests: 4, why: 'full' }]),
    ]
    const heard = (await peer.until(commands, sent.length)).map(({ key, value, headers }) => ({ key, value, headers }))
    expect(heard.toSorted((a, b) => (JSON.stringify(a.headers) < JSON.stringify(b.headers) ? -1 : 1))).toEqual(sent)
    // Side effects are not in the outbox.
    expect((await atRest(here.ask, id)).currentState).toBe('reservationFailed')
  })
})
