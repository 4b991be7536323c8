import { afterAll, expect, test } from 'vitest'
import { createTopic, describeKafka, kafka } from '../services/kafka.ts'
import type { Worker } from '../services/worker.ts'
import { makeFixture, workerOf } from './support/fixture.ts'
import { event, KafkaPeer } from './support/kafka-peer.ts'
import { askOf, create, reached } from './support/saga.ts'

const hook = (content: string) => ({ type: 'file', content })
const COMMAND = hook(
  'export default ({ saga, messageLabel }) => ({ payload: { id: saga.sagaId, messageLabel, größe: saga.metadata } })',
)
const MERGE = hook('export default (before, now) => { if (now === "no") throw new Error("the hook says no") }')

describeKafka('hooks on the wire', () => {
  let worker: Worker | undefined
  let peer: KafkaPeer | undefined
  afterAll(async () => void (await Promise.all([peer?.close(), worker?.stop()])))

  test('C2.7 P5 the value of a command is what its hook made; an event that the merge hook refuses is a dead letter', async () => {
    const letters = await createTopic('letters', 1)
    const fixture = await makeFixture({ partitions: 1, settings: { deadLetterTopic: letters } })
    const { commands, events, file } = fixture
    for (const { outputCommand } of file.machineDefinition.states) Object.assign(outputCommand ?? {}, { hook: COMMAND })
    file.settings = { deepMergeMetadata: { enabled: true, hook: MERGE } }
    worker = await workerOf(fixture)
    await worker.start()
    const ask = askOf(worker)
    peer = await KafkaPeer.join({ address: kafka.addresses.plaintext, hears: [commands, letters] })

    const id = await create(ask, { a: 1 })
    const value = (messageLabel: string, metadata: object) => JSON.stringify({ id, messageLabel, größe: metadata })
    await peer.say([
      event(events, id, { label: 'validationOK', payload: { b: 'no' } }),
      event(events, id, { label: 'validationOK', payload: { b: 'yes' } }),
    ])
    await reached(ask, id, 'reservationValidated')
    expect((await peer.until(commands, 2)).map(({ key, value }) => [key, value])).toEqual([
      [id, value('validateReservation', { a: 1 })],
      [id, value('checkReservation', { a: 1, b: 'yes' })],
    ])
    const [letter] = await peer.until(letters, 1)
    expect(letter).toMatchObject({ key: id, value: expect.stringContaining('"no"') })
    expect(Object.fromEntries(letter?.headers ?? [])).toMatchObject({
      'dead-letter-reason': 'refused',
      'dead-letter-why': expect.stringContaining('the hook says no'),
    })
  })
})
