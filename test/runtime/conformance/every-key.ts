import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SagaFile } from '../../services/reservation.ts'
import { RunningWorker } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

const [PLAIN, BY_NAME] = ['plain-secret-of-the-channel', 'named-secret-of-the-channel']
const hook = (content: string) => ({
  type: 'file',
  encoding: 'base64',
  content: Buffer.from(content).toString('base64'),
})
const PAYMENT = hook(
  `export default ({ saga, messageLabel }) => ({
    payload: { key: saga.sagaId, value: { messageLabel, messagePayload: saga.metadata }, state: saga.currentState },
  })`,
)
const MERGE = {
  type: 'file',
  content: 'export default (before, now) => (Array.isArray(before) ? before.concat(now) : undefined)',
}

/**
 * A file as the reference documents it, with every key of machine, rest channel and settings (C2.1, C2.3, C2.5 to C2.7), and with
 * those that its Configurator adds.
 */
function everyKey(file: SagaFile): void {
  const port = file.communicationProtocols[0]?.configurations['port'] as number
  const channel = 'payments'
  file.machineDefinition = {
    initialState: 'ordered',
    creationEvent: 'orderReceived',
    states: [
      {
        id: 'ordered',
        description: 'An order was received',
        isFinal: false,
        businessStateId: 0,
        outputCommand: {
          label: 'pay',
          channel,
          hook: PAYMENT,
          description: 'Takes the money',
          position: { x: 1, y: 2 },
        },
        sideEffects: [{ label: 'notify', channel, hook: PAYMENT }],
        outgoingTransitions: [
          {
            inputEvent: 'paid',
            targetState: 'paidFor',
            businessEventId: 'p',
            payloadValidationSchema: {
              type: 'object',
              required: ['receipt'],
              properties: { receipt: { type: 'string' } },
            },
          },
        ],
        notes: 'drawn by hand',
      },
      {
        id: 'paidFor',
        isFinal: true,
        businessStateId: 1,
        outgoingTransitions: [{ inputEvent: 'receiptSent', targetState: 'paidFor' }],
      },
    ],
    businessStates: [
      { id: 0, description: 'open' },
      { id: 1, description: 'paid' },
      { id: 1, description: 'paid, said twice' },
    ],
    businessEvents: [{ id: 'p', description: 'Money came in' }],
  } as SagaFile['machineDefinition']
  file.communicationProtocols = [
    {
      id: channel,
      type: 'rest',
      configurations: {
        protocol: 'http',
        endpoint: `127.0.0.1:${port}/base`,
        method: 'PATCH',
        path: '/commands',
        headers: { 'x-api-key': PLAIN, authorization: { type: 'env', name: 'CHANNEL_SECRET' } },
      },
    },
  ]
  file.settings = { deepMergeMetadata: { enabled: true, hook: MERGE }, throwOnUnexpectedEvents: true }
}

/** A configuration that uses every key of the reference at once. */
export function everyKeyAtOnce(tested: TestedRuntime): void {
  describe('every key of Flow Manager', () => {
    let stage: RunningWorker
    beforeAll(async () => {
      const environment = { CHANNEL_SECRET: BY_NAME, LOG_LEVEL: 'trace', MICROSERVICE_GATEWAY_SERVICE_NAME: 'gateway' }
      stage = await RunningWorker.open(tested, { edit: everyKey, environment })
      stage.participant.behaves(() => ({}))
    })
    afterAll(() => stage?.close())

    test('C2.1 C2.3 C2.5 C2.7 C4.5 a saga moves through the whole file', async () => {
      const id = await stage.create({ items: [1] })
      const received = await stage.commands(id, 2)
      const command = received.find(({ label }) => label === 'pay')
      expect(command).toMatchObject({ method: 'PATCH', path: '/base/commands', key: `${id}/0/0` })
      expect(command?.headers).toMatchObject({ 'x-api-key': PLAIN, authorization: BY_NAME })
      expect(JSON.parse(command?.bytes ?? '')).toMatchObject({
        state: 'ordered',
        value: { messagePayload: { items: [1] } },
      })
      expect(received.find(({ label }) => label === 'notify')?.key).toBe(`${id}/0/1`)

      expect((await stage.event(id, 'shipped')).status).toBe(409)
      expect((await stage.event(id, 'paid', { payload: { receipt: 7 } })).status).toBe(422)
      expect((await stage.event(id, 'paid', { payload: { receipt: 'r', items: [2] } })).status).toBe(200)
      expect((await stage.event(id, 'receiptSent')).json).toMatchObject({ outcome: 'moved', currentState: 'paidFor' })
      expect(await stage.settled(id)).toMatchObject({
        currentState: 'paidFor',
        latestEvent: 'receiptSent',
        businessStateId: 1,
        businessStateDescription: 'paid',
        metadata: { items: [1, 2], receipt: 'r' },
        history: {
          events: [
            { event: 'orderReceived' },
            { event: 'paid', businessEventId: 'p', businessEventDescription: 'Money came in' },
            { event: 'receiptSent' },
          ],
        },
      })
    })

    test('C2.6 C7 neither GET /configuration, nor the descriptions, nor the log show a secret', async () => {
      const paths = ['/configuration', '/machine-definition', '/documentation/json', '/documentation/asyncapi.json']
      const answers = await Promise.all(paths.map((path) => stage.call(path)))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
      const shown = answers.map(({ text }) => text).join('') + stage.worker.stdout + stage.worker.stderr
      for (const secret of [PLAIN, BY_NAME]) expect(shown).not.toContain(secret)
    })
  })
}
