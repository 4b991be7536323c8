import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import { freePorts } from '../../testing/broker/ports.ts'
import { linesOf } from '../persistency/lines.ts'
import { CONFIRMS, follows } from '../services/behaviour.ts'
import { call, eventually } from '../services/client.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'

const ROOT = join(import.meta.dirname, '../..')
const ARGS = ['run', '--quiet', '--cached-only', '--unstable-kv', '-A', 'test/runtime/deno-deployed.child.ts']
const folder = mkdtempSync(join(tmpdir(), 'batuta-deployed-'))
const place = { DATA_PATH: join(folder, 'data'), LENT_KV: join(folder, 'lent.kv') }

type Child = ChildProcessByStdio<Writable, Readable, null>
interface Isolate {
  readonly told: readonly object[]
  readonly child: Child
}

let participant: Participant
let port = 0
const isolates: Child[] = []
beforeAll(async () => {
  participant = await startParticipant()
  port = (await freePorts(1))[0] ?? 0
  participant.reports(`http://127.0.0.1:${port}`)
})
afterEach(() => Promise.all(isolates.splice(0).map(kill)))
afterAll(async () => {
  await participant.close()
  rmSync(folder, { recursive: true })
})

/** Starts a deployed worker with a saga.json without a store, and waits until it is ready. */
async function isolate(): Promise<Isolate> {
  const file = reservation(participant.port, (edited) => void (edited.persistencyManagement = {}))
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, ...place, HTTP_PORT: String(port), LOG_LEVEL: 'error', DENO_DEPLOYMENT_ID: 'some-id' }
  const child = spawn(join(ROOT, 'node_modules/.bin/deno'), ARGS, {
    cwd: ROOT,
    env: { ...env, CONFIGURATION: JSON.stringify(file) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  isolates.push(child)
  const told: object[] = []
  linesOf(child.stdout, (line) => told.push(JSON.parse(line) as object))
  const ready = () => call(`http://127.0.0.1:${port}/-/ready`).then(({ status }) => (status === 200 ? true : undefined))
  await eventually(() => ready().catch(() => undefined))
  return { told, child }
}

async function create(): Promise<string> {
  const body = { associatedEntityId: 'table-4', metadata: {} }
  return ((await call(`http://127.0.0.1:${port}/saga`, { body })).json as { sagaId: string }).sagaId
}

async function saga(id: string): Promise<SagaDocument> {
  return (await call(`http://127.0.0.1:${port}/sagas/${id}`)).json as SagaDocument
}

async function kill(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'close')
  child.kill('SIGKILL')
  await gone
}

test('P19 I2 I9 deployed, the store needs no path, and a cron trigger sends the commands of a stopped isolate', async () => {
  participant.behaves(() => ({ wait: 60_000 }))
  const first = await isolate()
  const asked = [{ cron: 'batuta: what is due', schedule: '* * * * *' }, { openKv: 'what is lent' }]
  await expect.poll(() => first.told).toEqual(asked)
  const sagaId = await create()
  const keys = () => participant.received.filter((command) => command.sagaId === sagaId).map(({ key }) => key)
  await eventually(() => keys()[0])
  await kill(first.child) // while it sends

  participant.behaves(follows(CONFIRMS))
  const second = await isolate()
  expect(keys()).toHaveLength(1) // its lease has not ended
  second.child.stdin.write('a minute later\n')
  const ended = await eventually(async () => {
    const found = await saga(sagaId)
    return found.isFinal ? found : undefined
  })
  expect(ended).toMatchObject({ currentState: 'reservationConfirmed' })
  expect(keys()).toEqual([`${sagaId}/0/0`, `${sagaId}/0/0`, `${sagaId}/1/0`])
  await expect.poll(() => second.told).toContainEqual({ looked: true })
  expect(existsSync(place.DATA_PATH)).toBe(false)
})

test('P19 deployed, a settlement is written at once, since the isolate may stop at any time', async () => {
  participant.behaves(() => ({}))
  await isolate()
  const id = await create()
  await eventually(async () => ((await saga(id)).owed === undefined ? true : undefined), DEFAULTS.settle / 2)
})
