import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { CONFIRMS } from '../../services/behaviour.ts'
import { call, eventually } from '../../services/client.ts'
import { sendAllFirst } from '../../services/raw.ts'
import { RunningWorker } from './stage.ts'
import type { RunningWorkerOptions } from './stage.ts'
import type { SagaFile } from '../../services/reservation.ts'
import type { TestedRuntime } from './tested.ts'

const [API, READ, SECRET, PLAIN, QUERY] = [
  'api-token-of-the-test',
  'read-token',
  'secret-of-the-participant',
  'plain-password',
  'token-in-the-query',
]
const PREFIX = 'rés/ü%2F-'
const as = (token: string) => ({ authorization: `Bearer ${token}` })

/** A service with every setting of its environment. */
const DRESSED: RunningWorkerOptions = {
  as: 'text',
  base: '/flow-manager',
  headers: as(API),
  environment: {
    API_TOKEN: API,
    READ_TOKEN: READ,
    BASE_PATH: '/flow-manager',
    SAGA_ID_PREFIX: PREFIX,
    PARTICIPANT_SECRET: SECRET,
  },
  edit: (file: SagaFile) => {
    file.settings = { throwOnUnexpectedEvents: true }
    const [channel] = file.communicationProtocols
    Object.assign(channel?.configurations ?? {}, {
      method: 'PUT',
      path: `/deep/path?tenant=a%20b&key=${QUERY}`,
      headers: { 'X-Team': PLAIN, 'X-Town': 'Forlì', authorization: { type: 'env', name: 'PARTICIPANT_SECRET' } },
    })
  },
}

/** Variables that containers of the reference have set. */
const REFERENCE_VARIABLES = {
  LOG_LEVEL: 'trace',
  USERID_HEADER_KEY: 'miauserid',
  GROUPS_HEADER_KEY: 'miausergroups',
  CLIENTTYPE_HEADER_KEY: 'miaclienttype',
  BACKOFFICE_HEADER_KEY: 'isbackoffice',
  USER_PROPERTIES_HEADER_KEY: 'miauserproperties',
  ADDITIONAL_HEADERS_TO_PROXY: 'x-tenant,x-language',
  MICROSERVICE_GATEWAY_SERVICE_NAME: 'microservice-gateway',
  WAIT_BEFORE_SERVER_CLOSE_SEC: '0',
  TRUSTED_PROXIES: '10.0.0.0/8',
  EXPOSE_METRICS: 'true',
  NODE_ENV: 'production',
}

/** Tokens, base path, prefix and settings, and the configuration that is shown. */
export function settings(tested: TestedRuntime): void {
  describe('settings', () => {
    let stage: RunningWorker
    beforeAll(async () => {
      stage = await RunningWorker.open(tested, DRESSED)
      stage.participant.behaves(({ label, payload }) =>
        payload['waits'] === true ? {} : { emit: CONFIRMS[label] ?? '' },
      )
    })
    afterAll(() => stage?.close())
    const plain = (path: string, headers: Record<string, string> = {}) => call(stage.worker.url + path, { headers })

    test('C1.4 the text in CONFIGURATION overrides the path', async () => {
      expect((await stage.call('/machine-definition')).json).toMatchObject({ initialState: 'reservationCreated' })
    })

    test('C2.3 C2.6 the participant receives method, path and headers, with the value of the secret', async () => {
      const [command] = await stage.commands(await stage.create())
      expect(command?.method).toBe('PUT')
      expect(command?.path).toBe(`/deep/path?tenant=a%20b&key=${QUERY}`)
      const town = tested.script === 'start:workerd' ? Buffer.from('Forlì').toString('latin1') : 'Forlì' // docs/NETWORK.md
      expect(command?.headers).toMatchObject({ 'x-team': PLAIN, 'x-town': town, authorization: SECRET })
      expect(command?.headers['content-type']).toMatch(/^application\/json/)
    })

    test('C1.1 C3.5 ids with slashes, percent signs and umlauts: sagas end and are read, keys are ASCII', async () => {
      const id = await stage.create()
      expect(id.startsWith(PREFIX)).toBe(true)
      const document = await stage.settled(id)
      expect(document).toMatchObject({ sagaId: id, currentState: 'reservationConfirmed' })
      const commands = await stage.commands(id, 2)
      expect(commands.map(({ key }) => decodeURIComponent(key))).toEqual([`${id}/0/0`, `${id}/1/0`])
      expect(commands.every(({ key }) => /^[\x21-\x7E]+$/.test(key))).toBe(true)
      // The participant may read the answer to its last event after the new state is visible.
      const seen = await eventually(() => {
        const emitted = stage.participant.emitted.filter(({ command }) => command.sagaId === id)
        return emitted.length === 2 ? emitted : undefined
      })
      expect((await stage.event(id, 'checkOK', { key: seen[1]?.key })).json).toMatchObject({ outcome: 'duplicate' })
    })

    test('C4.3 an unexpected event is 409 under throwOnUnexpectedEvents; a duplicate is 200', async () => {
      const id = await stage.create({ waits: true })
      const early = await stage.event(id, 'checkOK', { key: 'early' })
      expect([early.status, early.json]).toEqual([
        409,
        {
          statusCode: 409,
          error: 'Conflict',
          message:
            'the saga is in "reservationCreated", which expects one of "validationOK", "validationKO", not "checkOK"',
        },
      ])
      expect((await stage.event(id, 'validationOK', { key: 'v' })).status).toBe(200)
      expect((await stage.event(id, 'validationOK', { key: 'v' })).json).toMatchObject({ outcome: 'duplicate' })
      expect((await stage.event(id, 'checkOK', { key: 'early' })).json).toMatchObject({ outcome: 'moved' })
      expect((await stage.event(id, 'checkOK')).status).toBe(409)
    })

    test('C1.3 only the probes answer without a token', async () => {
      for (const base of ['', '/flow-manager']) {
        for (const path of ['/sagas', '/sagas/x', '/machine-definition', '/configuration', '/-/metrics']) {
          for (const headers of [{}, as('wrong'), as(`${API}x`)]) {
            const answer = await plain(base + path, headers)
            expect(answer.status, base + path).toBe(401)
            expect(answer.json).toMatchObject({ statusCode: 401, error: 'Unauthorized' })
          }
        }
        for (const path of ['/-/healthz', '/-/ready', '/-/check-up']) {
          const answer = await plain(base + path)
          expect([answer.status, answer.json]).toEqual([
            200,
            { status: 'OK', name: 'batuta', version: expect.any(String) },
          ])
        }
      }
    })

    test('C1.3 C7 a client that sends the whole body first reads its 401', async () => {
      const [piece, count] = [new Uint8Array(64 * 1024).fill(0x20), 64]
      const length = piece.byteLength * count
      const head = ['POST /flow-manager/saga HTTP/1.1', 'Content-Type: application/json', `Content-Length: ${length}`]
      const pieces = Array.from({ length: count }, () => piece)
      expect((await sendAllFirst(stage.worker.port, head, pieces)).status).toBe(401)
    })

    test('C1.3 the read token allows reads and no writes', async () => {
      expect((await plain('/machine-definition', as(READ))).status).toBe(200)
      expect((await plain('/sagas', as(READ))).status).toBe(tested.lists ? 200 : 501)
      const body = { associatedEntityId: '', metadata: {} }
      for (const path of ['/saga', '/event']) {
        expect((await call(stage.worker.url + path, { body, headers: as(READ) })).status).toBe(401)
      }
    })

    test('C2.6 C7 GET /configuration is complete; neither it nor the log holds a secret', async () => {
      const { status, text, json } = await stage.call('/configuration')
      expect(status).toBe(200)
      expect(json).toMatchObject({
        machineDefinition: { initialState: 'reservationCreated' },
        communicationProtocols: [
          { id: 'reservations', configurations: { method: 'PUT', port: stage.participant.port } },
        ],
        settings: { throwOnUnexpectedEvents: true },
      })
      for (const secret of [API, READ, SECRET, PLAIN, QUERY]) {
        expect(text + stage.worker.stdout + stage.worker.stderr).not.toContain(secret)
      }
    })

    test('C7 unknown routes and methods are JSON', async () => {
      const unknown = await stage.call('/nowhere')
      expect(unknown.json).toMatchObject({ statusCode: 404, error: 'Not Found' })
      const wrong = await stage.call('/saga', { method: 'DELETE' })
      expect(wrong.json).toMatchObject({ statusCode: 405, error: 'Method Not Allowed' })
      expect(wrong.headers.get('allow')).toBe('POST')
    })

    test('C4.4 GET /sagas/{sagaId} of an unknown id: 404', async () => {
      for (const id of ['%', '%zz', '%E0%A4%A', '%00', '..%2f..', 'x'.repeat(7_000)]) {
        expect((await stage.call(`/sagas/${id}`)).status, id).toBe(404)
        expect((await stage.call('/-/ready')).status).toBe(200)
      }
    })
  })
}

/** The variables of the reference, and the lines of the log. */
export function logs(tested: TestedRuntime): void {
  describe('logs', () => {
    let stage: RunningWorker | undefined
    afterEach(() => stage?.close())

    test('C1.3 with the variables of the reference it starts quietly, and logs as pino does', async () => {
      stage = await RunningWorker.open(tested, { environment: REFERENCE_VARIABLES })
      const { worker } = stage
      await stage.call('/sagas/no-such', { headers: { 'x-request-id': 'request-17' } })
      const lines = await eventually(() => {
        const found = worker.stdout.split('\n').filter((line) => line.startsWith('{'))
        return found.some((line) => line.includes('request completed')) ? found : undefined
      })
      const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
      for (const { level, time, msg } of parsed) {
        expect([10, 20, 30, 40, 50]).toContain(level)
        expect(Math.abs(Number(time) - Date.now())).toBeLessThan(60_000)
        expect(msg).toEqual(expect.any(String))
      }
      const ofRequest = parsed.filter(({ reqId }) => reqId === 'request-17')
      expect(ofRequest.map(({ level, msg }) => [level, msg])).toEqual([
        [10, 'incoming request'],
        [20, 'request completed'],
      ])
      expect(parsed.filter(({ findingCode }) => String(findingCode).startsWith('variable.'))).toEqual([])
    })

    test('C1.3 LOG_FORMAT=text-levels: levels as words and times as ISO 8601', async () => {
      stage = await RunningWorker.open(tested, { environment: { LOG_LEVEL: 'info', LOG_FORMAT: 'text-levels' } })
      const line = stage.worker.stdout.split('\n').find((one) => one.includes('service.listening')) ?? ''
      expect(JSON.parse(line)).toMatchObject({
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        msg: 'listening',
      })
      expect(JSON.parse(line)).not.toHaveProperty('pid')
    })
  })
}
