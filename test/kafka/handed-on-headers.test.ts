import { afterEach, expect, test } from 'vitest'
import { call, eventually } from '../services/client.ts'
import { describeKafka, kafka } from '../services/kafka.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import type { Worker } from '../services/worker.ts'
import { makeFixture, workerOf } from './support/fixture.ts'
import { startInProcess } from './support/in-process-service.ts'
import type { InProcessService } from './support/in-process-service.ts'
import { event, KafkaPeer } from './support/kafka-peer.ts'
import { askOf, create, reached } from './support/saga.ts'

const utf8 = (text: string) => Buffer.from(text).toString('latin1')
/** Without the headers of the command's own. */
const handedOn = (headers: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => /^(?:mia|x-|cookie)/.test(name)))

describeKafka('headers handed on over Kafka', () => {
  let here: InProcessService | undefined
  let peer: KafkaPeer | undefined
  let worker: Worker | undefined
  let participant: Participant | undefined
  afterEach(async () => {
    await Promise.all([peer?.close(), here?.stop(), worker?.stop(), participant?.close()])
    here = peer = worker = participant = undefined
  })

  test('C3.6 from requests and records to the commands and side effects of their step, byte by byte', async () => {
    const { commands, events, file } = await makeFixture()
    const sideEffects = [{ label: 'tell', channel: 'kafkaChannel' }]
    const states = file.machineDefinition.states.map((state) => ({ ...state, sideEffects }))
    here = await startInProcess({ ...file, machineDefinition: { ...file.machineDefinition, states } })
    peer = await KafkaPeer.join({ address: kafka.addresses.plaintext, hears: [commands] })
    const id = await create(here.ask, {}, { miauserid: utf8('Zoë'), cookie: 'a=b', 'x-forwarded-for': '10.0.0.1' })
    const headers = {
      MiaUserId: Buffer.from([0x80, 0x09, 0xff]),
      'X-Request-Id': 'r-1',
      'x-request-id': 'r-2',
      miausergroups: 'a\nb',
      miauserproperties: 'x'.repeat(20_000),
      cookie: 'a=b',
    }
    await peer.say([event(events, id, { label: 'validationOK', headers })])
    await peer.until(commands, 4)
    await peer.say([event(events, id, 'checkOK')])
    const received = await peer.until(commands, 5)
    const seen = received.map(({ headerBytes }) => [headerBytes['idempotency-key'], handedOn(headerBytes)])
    const [first, second] = [
      { miauserid: utf8('Zoë'), 'x-forwarded-for': '10.0.0.1' },
      { miauserid: '\u0080\t\u00FF', 'x-request-id': 'r-1, r-2' },
    ]
    expect(Object.fromEntries(seen)).toEqual({
      [`${id}/0/0`]: first,
      [`${id}/0/1`]: first,
      [`${id}/1/0`]: second,
      [`${id}/1/1`]: second,
      [`${id}/2/1`]: {},
    })
    const lines = here.logged.filter(({ code }) => code === 'event.header-left-out').map(({ fields }) => fields)
    const origin = expect.stringMatching(new RegExp(`^${events}/\\d/\\d+$`))
    expect(lines).toEqual([
      { header: 'miausergroups', reason: 'malformed', origin },
      { header: 'miauserproperties', reason: 'too-large', origin },
    ])
    expect((await here.ask('/-/metrics')).text).toContain('batuta_internal_total{what="header-left-out"} 2')
  })

  test('P29 P5 I2 after kill -9 between save and send the command has the same headers', async () => {
    participant = await startParticipant(() => ({}))
    const { events, commands, file } = await makeFixture()
    const { port } = participant
    const rest = { protocol: 'http', endpoint: '127.0.0.1', port, method: 'POST', path: '/commands', timeout: 'PT1S' }
    file.communicationProtocols.push({ id: 'rest', type: 'rest', configurations: rest })
    const states = file.machineDefinition.states.map(({ outputCommand, ...state }) =>
      outputCommand === undefined ? state : { ...state, outputCommand: { ...outputCommand, channel: 'rest' } },
    )
    worker = await workerOf({ file: { ...file, machineDefinition: { ...file.machineDefinition, states } } })
    await worker.start()
    const ask = askOf(worker)
    peer = await KafkaPeer.join({ address: kafka.addresses.plaintext, hears: [commands] })
    await participant.shut()
    const id = await create(ask, { n: 1 }, { miauserid: 'creator' })
    const headers = { miauserid: Buffer.from('Zoë'), 'x-request-id': 'r-1' }
    await peer.say([event(events, id, { label: 'validationOK', headers })])
    const { owed } = await reached(ask, id, 'reservationValidated')
    expect(owed).toHaveLength(2)
    expect(JSON.stringify(owed)).not.toMatch(/creator|r-1/)
    await worker.kill()
    await participant.open()
    await worker.start()
    const { received } = participant
    await eventually(() => (new Set(received.map(({ key }) => key)).size === 2 ? true : undefined))
    // The participant's answers are lost as well: each command comes once more.
    participant.behaves(() => ({ cut: true }))
    const other = await create(ask, {}, { miauserid: 'other' })
    await eventually(() => (received.filter(({ sagaId }) => sagaId === other).length > 1 ? true : undefined))
    const told = received.map(({ key, headers: all }) => [key, JSON.stringify(handedOn(all))])
    expect(Object.fromEntries(told)).toEqual({
      [`${id}/0/0`]: JSON.stringify({ miauserid: 'creator' }),
      [`${id}/1/0`]: JSON.stringify({ miauserid: utf8('Zoë'), 'x-request-id': 'r-1' }),
      [`${other}/0/0`]: JSON.stringify({ miauserid: 'other' }),
    })
    expect(new Set(told.map((one) => one.join())).size).toBe(3) // each repeat as the first
    expect((await call(`${worker.url}/-/healthz`)).status).toBe(200)
  })
})
