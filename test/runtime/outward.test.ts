import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificates, SERVER } from '../../testing/broker/certificates.ts'
import { call, eventually } from '../services/client.ts'
import { ANSWER, answersWith, saysNothing } from '../services/odd-peers.ts'
import type { OddPeer } from '../services/odd-peers.ts'
import { Worker } from '../services/worker.ts'
import type { WorkerScript } from '../services/worker.ts'

/** Interim answers, as a participant or a proxy may send them. */
const INTERIM = {
  continue: ['HTTP/1.1 100 Continue\r\n\r\n', ANSWER],
  glued: [`HTTP/1.1 100 Continue\r\nx-why: none\r\n\r\n${ANSWER}`],
  several: [
    'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Cont',
    'inue\r\n\r\nHTTP/1.1 103 Early Hints\r\n',
    `\r\n${ANSWER}`,
  ],
  bytewise: ['H', 'TTP/1.1 1', '00', '\r\n', '\r', '\n', ANSWER.slice(0, 11), ANSWER.slice(11)],
} as const

/** `isProcess`: `SHUTDOWN_TIMEOUT` applies, and `ssl` can name authorities. */
const SCRIPTS: readonly [name: string, script: WorkerScript, isProcess: boolean][] = [
  ['node', 'start', true],
  ['deno', 'start:deno', true],
  ['bun', 'start:bun', true],
  ['workerd', 'start:workerd', false],
]

let folder: string
let ca: string
let secured: { readonly port: number; readonly requests: string[]; close(): void }

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'batuta-outward-'))
  ca = (await makeCertificates(folder)).ca
  secured = await takesTls(readFileSync(join(folder, SERVER)))
})
afterAll(() => {
  secured?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe.each(SCRIPTS)('%s and unusual participants', (name, script, isProcess) => {
  const peers = new Map<string, OddPeer>()
  let silent: OddPeer
  let worker: Worker

  beforeAll(async () => {
    for (const [name, pieces] of Object.entries(INTERIM)) peers.set(name, await answersWith(...pieces))
    silent = await saysNothing()
    const channels = [
      ...[...peers].map(([id, { port }]) => ({ id, ...rest({ protocol: 'http', port }) })),
      { id: 'silent', ...rest({ protocol: 'https', port: silent.port, timeout: 'PT1S' }) },
      { id: 'unknown', ...rest({ protocol: 'https', port: secured.port }) },
      ...(isProcess ? [{ id: 'known', ...rest({ protocol: 'https', port: secured.port, ssl: { ca: [ca] } }) }] : []),
    ]
    const environment = { LOG_LEVEL: 'warn', SHUTDOWN_TIMEOUT: '30s' }
    worker = await Worker.start({ script, configuration: sagaFile(channels), environment })
  })
  afterAll(async () => {
    await worker?.stop()
    await Promise.all([silent, ...peers.values()].map((peer) => peer?.close()))
  })

  const sendThrough = async (channel: string): Promise<void> => {
    const created = await call(`${worker.url}/saga`, { body: { associatedEntityId: '', metadata: {} } })
    const { sagaId: key } = created.json as { sagaId: string }
    await call(`${worker.url}/event`, { body: { key, value: { messageLabel: `to ${channel}`, messagePayload: {} } } })
  }

  test('I2 interim answers are skipped, in any number and order', async () => {
    for (const channel of peers.keys()) await Promise.all([sendThrough(channel), sendThrough(channel)])
    for (const [channel, { requests }] of peers) {
      await eventually(async () => ((await sends(worker, channel, 'delivered')) >= 2 ? true : undefined))
      expect(await sends(worker, channel, 'unreachable'), worker.stdout).toBe(0)
      expect(requests).toHaveLength(2) // each command was sent once
    }
  })

  test('P12 a host that accepts connections without TLS: sends end by their time-out, concurrently', async () => {
    await Promise.all(Array.from({ length: 20 }, () => sendThrough('silent')))
    // One after the other they would take more than twenty times the time-out.
    await eventually(async () => ((await sends(worker, 'silent', 'unreachable')) >= 20 ? true : undefined), 25_000)
    expect(silent.opened).toBeGreaterThanOrEqual(20)
  })

  test('C2.5a a host with a certificate of an unknown authority receives nothing, and the log has the reason', async () => {
    await sendThrough('unknown')
    await eventually(async () => ((await sends(worker, 'unknown', 'unreachable')) >= 1 ? true : undefined))
    expect(secured.requests).toEqual([])
    const line = () => worker.stdout.split('\n').find((one) => one.includes(`:${secured.port}/`))
    // workerd prints the reason on its own stderr alone, and the log points there.
    const why = isProcess ? /certificate|UnknownIssuer/i : /TLS|internal error|Network connection lost/i
    expect(await eventually(line)).toMatch(why)
  })

  if (isProcess) {
    test('C2.5a with its authority in "ssl" it receives commands', async () => {
      await sendThrough('known')
      await eventually(async () => ((await sends(worker, 'known', 'delivered')) >= 1 ? true : undefined))
      expect(secured.requests.splice(0)).toHaveLength(1)
    })

    test('C1.3 these sends end within SHUTDOWN_TIMEOUT', async () => {
      await sendThrough('silent')
      const from = Date.now()
      expect(await worker.terminate()).toEqual({ code: 0, signal: null })
      expect(Date.now() - from).toBeLessThan(20_000)
    })
    return
  }

  test(`C2.5a ${name} trusts no authority of a saga.json, and refuses it with its place`, async () => {
    const known = { id: 'known', ...rest({ protocol: 'https', port: secured.port, ssl: { ca } }) }
    const other = await Worker.prepare({ script, configuration: sagaFile([known]) })
    try {
      expect(await other.launch()).toMatchObject({ code: 1 })
      expect(other.stderr).toContain('communicationProtocols[0].configurations.ssl')
    } finally {
      await other.stop()
    }
  })
})

/** Number of sends of a channel with this result so far. */
async function sends(worker: Worker, channel: string, result: string): Promise<number> {
  const { text } = await call(`${worker.url}/-/metrics`)
  const labels = [`channel="${channel}"`, `result="${result}"`]
  const lines = text.split('\n').filter((line) => line.startsWith('batuta_sends_total{'))
  return Number(
    lines
      .find((line) => labels.every((label) => line.includes(label)))
      ?.split(' ')
      .at(-1) ?? 0,
  )
}

/** Answers 200 to every request over TLS. */
async function takesTls(pem: Buffer) {
  const requests: string[] = []
  const server = createServer({ key: pem, cert: pem }, (request, response) => {
    requests.push(request.url ?? '')
    request.resume().on('end', () => response.end())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { port, requests, close }
}

function rest(settings: Readonly<Record<string, unknown>>): object {
  const configurations = { endpoint: '127.0.0.1', method: 'POST', path: '/c', timeout: 'PT20S', ...settings }
  return { type: 'rest', configurations }
}

/** A machine whose first state has an event for each channel. */
function sagaFile(channels: readonly { readonly id: string }[]): string {
  const ids = channels.map(({ id }) => id)
  const states = [
    {
      id: 'open',
      isFinal: false,
      outgoingTransitions: ids.map((id) => ({ inputEvent: `to ${id}`, targetState: id })),
    },
    ...ids.map((id) => ({ id, isFinal: true, outputCommand: { label: 'go', channel: id } })),
  ]
  return JSON.stringify({
    machineDefinition: { initialState: 'open', creationEvent: 'begun', states },
    communicationProtocols: channels,
    persistencyManagement: {},
  })
}
