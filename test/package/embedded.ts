import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { Miniflare } from 'miniflare'
import { expect } from 'vitest'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { ENVIRONMENT, ROOT } from './tarball.ts'

/** The saga.json of examples/embed, with its participant here. */
export function sagaFor({ port }: Participant): object {
  const file = JSON.parse(readFileSync(join(ROOT, 'examples/embed/saga.json'), 'utf8')) as {
    communicationProtocols: [{ configurations: object }]
  }
  Object.assign(file.communicationProtocols[0].configurations, { port })
  return { ...file, persistencyManagement: { type: 'map' } }
}

interface Embedded {
  readonly url: string
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>
}

/** The example as a process, on a free port. Rejects with what it wrote where it does not start. */
async function startEmbedded(tool: string, args: readonly string[], project: string, saga: object): Promise<Embedded> {
  const environment = { HTTP_PORT: '0', LOG_LEVEL: 'warn', CONFIGURATION: JSON.stringify(saga) }
  const child = spawn(tool, args, { cwd: project, env: { ...ENVIRONMENT, ...environment } })
  const gone = once(child, 'close').then(([code]: unknown[]) => code as number | null)
  let said = ''
  const port = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const [, found] = /listening on (\d+)\n/.exec(said) ?? []
        if (found !== undefined) resolve(found)
      })
    child.once('error', reject)
    void gone.then((code) => reject(new Error(`start ${tool} ${args.join(' ')}: ended with ${code}\n${said}`)))
  })
  const stop = (): Promise<number | null> => {
    child.kill('SIGTERM')
    return gone
  }
  return { url: `http://127.0.0.1:${await port}`, stop }
}

/** Runs the example as a process, leads one saga through it to its end, and stops it: exit code 0. */
export async function expectServiceRuns(project: string, tool: string, args: readonly string[]): Promise<void> {
  const participant = await startParticipant(() => ({ emit: 'seatReserved' }))
  const service = await startEmbedded(tool, args, project, sagaFor(participant))
  try {
    participant.reports(service.url)
    await expectSagaEnds((path, body) => fetch(service.url + path, body))
    expect(await service.stop()).toBe(0)
  } finally {
    await Promise.all([service.stop(), participant.close()])
  }
}

/** The Worker of the example in workerd, as one module made of the installed package. */
export async function startEmbeddedWorker(project: string, saga: object): Promise<Miniflare> {
  const { outputFiles } = buildSync({
    absWorkingDir: project,
    entryPoints: ['workerd.ts'],
    write: false,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    alias: { util: 'batuta/node-util-stub' },
    logLevel: 'silent', // what goes wrong is thrown
  })
  const contents = outputFiles[0]?.text ?? ''
  return new Miniflare({
    telemetry: { enabled: false },
    workers: [
      {
        config: {
          name: 'embedded',
          compatibilityDate: '2026-08-01',
          compatibilityFlags: ['enable_request_signal'],
          manifest: { mainModule: 'worker.js', modules: { 'worker.js': { type: 'esm', contents } } },
          env: {
            CONFIGURATION: { type: 'text', value: JSON.stringify(saga) },
            LOG_LEVEL: { type: 'text', value: 'warn' },
          },
        },
      },
    ],
  })
}

type Ask = (path: string, request?: RequestInit) => Promise<{ json(): Promise<unknown> }>

/** Creates a saga and waits until its participant has brought it to its end. */
export async function expectSagaEnds(ask: Ask): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ associatedEntityId: 'seat-7', metadata: { row: 3 } })
  const created = (await (await ask('/saga', { method: 'POST', headers, body })).json()) as { sagaId: string }
  const current = async () => (await ask(`/sagas/${created.sagaId}`)).json()
  const ended = { currentState: 'reserved', isFinal: true, metadata: { row: 3 } }
  await expect.poll(current, { timeout: 20_000 }).toMatchObject(ended)
}

const KAFKA = {
  id: 'events',
  type: 'kafka',
  configurations: {
    brokers: ['127.0.0.1:9'],
    inputTopics: ['events'],
    outputTopics: ['commands'],
    consumerGroup: 'group',
    clientId: 'client',
  },
}

/** The standard error of a worker that cannot start. It must end with exit code 1. */
export async function failureOf(
  tool: string,
  args: readonly string[],
  project: string,
  store: string,
  channel?: 'kafka',
): Promise<string> {
  const configuration = {
    machineDefinition: { initialState: 'done', states: [{ id: 'done', isFinal: true }] },
    communicationProtocols: channel === undefined ? [] : [KAFKA],
    persistencyManagement: { type: store, configurations: SETTINGS[store] },
  }
  const environment = { HTTP_PORT: '0', LOG_LEVEL: 'silent', CONFIGURATION: JSON.stringify(configuration) }
  const child = spawn(tool, args, { cwd: project, env: { ...ENVIRONMENT, ...environment } })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = (await once(child, 'close')) as unknown[]
  expect(code, said).toBe(1)
  return said
}

const SETTINGS: Readonly<Record<string, object>> = {
  memory: {},
  mongo: { connectionUri: 'mongodb://127.0.0.1:9/sagas', collectionName: 'sagas' },
  redis: { url: 'redis://127.0.0.1:9' },
  'upstash-redis': { url: 'http://127.0.0.1:39999', token: 'token' },
}
