import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { freePort } from '../services/processes.ts'
import { ROOT } from '../walls/tools.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-start-'))
afterAll(() => rmSync(folder, { recursive: true }))

const SAGA = JSON.parse(readFileSync(join(ROOT, 'examples/reservation/saga.json'), 'utf8')) as {
  communicationProtocols: [{ configurations: object }]
}

describe('C1.2 npm run start:workerd refuses an invalid configuration before it starts, with every problem', () => {
  const path = (name: string, change: object): string => {
    const file = join(folder, `${name}.json`)
    writeFileSync(file, JSON.stringify({ ...SAGA, ...change }))
    return file
  }
  const secret = channel({ headers: { authorization: { type: 'file', path: '/etc/hostname' } } })

  test.each([
    ['the environment', { HTTP_PORT: '99999', LOG_LEVEL: 'loud' }, ['HTTP_PORT', 'LOG_LEVEL']],
    ['any port that is free', { HTTP_PORT: '0' }, ['HTTP_PORT']],
    ['no file', { CONFIGURATIONS_FILE_PATH: '/nowhere' }, ['"/nowhere"', 'a file that can be read']],
    ['secrets in files', { CONFIGURATIONS_FILE_PATH: path('files', secret) }, ['authorization', 'no file system']],
    [
      'what only others carry',
      {
        CONFIGURATIONS_FILE_PATH: path('others', {
          communicationProtocols: [{ id: 'reservations', type: 'kafka', configurations: KAFKA }],
          persistencyManagement: { type: 'memory' },
        }),
      },
      ['"kafka"', '"memory"', '"durable-object"'],
    ],
    [
      'no objects, and a store that needs them',
      { CONFIGURATIONS_FILE_PATH: path('rest', { persistencyManagement: { type: 'rest', configurations: SERVICE } }) },
      ['--no-objects', 'cannot list due commands'],
      ['--no-objects'],
    ],
    ['an unknown argument', {}, ["Unknown option '--noobjects'"], ['--noobjects']],
    ['no objects, and nothing else', {}, ['--no-objects', 'each object stores its own saga'], ['--no-objects']],
  ])('%s', async (_, variables: Record<string, string>, named: string[], args: string[] = []) => {
    const child = start({ CONFIGURATIONS_FILE_PATH: path('good', {}), ...variables }, args)
    const complaint = await told(child)
    for (const name of named) expect(complaint).toContain(name)
    expect(existsSync(join(folder, 'data'))).toBe(false)
  })
})

test('C1.2 a taken port is refused, and the log does not say that the service listens', async () => {
  const server = createServer()
  await once(server.listen(0), 'listening')
  const { port } = server.address() as AddressInfo
  const child = start({ CONFIGURATION: JSON.stringify(SAGA), HTTP_PORT: String(port) })
  expect(await told(child)).toMatch(new RegExp(`HTTP_PORT: found ${port}, .*EADDRINUSE`))
  server.close()
})

describe('npm run start:workerd', () => {
  const groups: ChildProcess[] = []
  afterEach(() => {
    for (const child of groups) kill(child)
  })

  test('C1.4 I2 dies with its process group, and sends its pending commands after a restart', async () => {
    const port = await freePort()
    const seen: { readonly key: unknown; readonly token: unknown }[] = []
    const participant = createServer(({ headers }, answer) => {
      seen.push({ key: headers['idempotency-key'], token: headers['authorization'] })
      if (seen.length > 1) answer.end() // the first request hangs, so that its lease outlives the process
    })
    await once(participant.listen(0, '127.0.0.1'), 'listening')
    const { port: theirs } = participant.address() as AddressInfo
    const variables = {
      CONFIGURATION: JSON.stringify({
        ...SAGA,
        ...channel({ port: theirs, headers: { authorization: { type: 'env', name: 'THEIR_TOKEN' } } }),
      }),
      HTTP_PORT: String(port),
      DATA_PATH: join(folder, 'data'),
      API_TOKEN: 'ours',
      THEIR_TOKEN: 'theirs-and-secret',
    }
    const first = await listening(variables, port, groups)
    const { sagaId } = (await call(port, '/saga', { associatedEntityId: 'a', metadata: {} })) as { sagaId: string }
    await vi.waitFor(() => expect(seen).toHaveLength(1), { timeout: 5_000 })
    kill(first)
    await once(first, 'close')

    await listening(variables, port, groups)
    await call(port, `/sagas/${sagaId}`)
    await vi.waitFor(() => expect(seen).toHaveLength(2), { timeout: 5_000 })
    expect(seen).toEqual(Array(2).fill({ key: `${sagaId}/0/0`, token: 'theirs-and-secret' }))
    await vi.waitFor(async () => expect(await call(port, `/sagas/${sagaId}`)).not.toHaveProperty('owed'))
    const edge = join(folder, 'data/edge')
    const written = readdirSync(edge).map((name) => readFileSync(join(edge, name), 'utf8'))
    expect(written.join()).not.toContain('theirs-and-secret')
    expect(openToOthers(join(folder, 'data/sagas'))).toEqual([])
    participant.closeAllConnections()
    participant.close()
  })
})

/** Every file and folder below that other users could read. */
function openToOthers(place: string): string[] {
  const names = readdirSync(place, { recursive: true, encoding: 'utf8' }).map((name) => join(place, name))
  return [place, ...names].filter((name) => (statSync(name).mode & 0o077) !== 0)
}

const SERVICE = { protocol: 'http', endpoint: 'persistency-manager', method: 'PUT', path: '/sagas' }
const KAFKA = { brokers: ['b:9092'], outputTopics: ['t'] }

function channel(configurations: object): object {
  const [first] = SAGA.communicationProtocols
  return { communicationProtocols: [{ ...first, configurations: { ...first.configurations, ...configurations } }] }
}

function start(variables: Record<string, string>, args: readonly string[] = []): ChildProcess {
  return spawn(process.execPath, [join(ROOT, 'scripts/start-workerd.ts'), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], DATA_PATH: join(folder, 'data'), ...variables },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

/** The message on stderr of a start that fails. */
async function told(child: ChildProcess): Promise<string> {
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text) => (complaint += text))
  expect((await once(child, 'close'))[0]).toBe(1)
  return complaint
}

async function listening(
  variables: Record<string, string>,
  port: number,
  groups: ChildProcess[],
): Promise<ChildProcess> {
  const child = start(variables)
  groups.push(child)
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/-/ready`)).status).toBe(200), {
    timeout: 15_000,
  })
  return child
}

function kill({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
}

async function call(port: number, path: string, body?: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer ours' }
  const sent = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
  return (await fetch(`http://127.0.0.1:${port}${path}`, sent)).json()
}
