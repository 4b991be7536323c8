import { expect } from 'vitest'
import { call, eventually } from '../../services/client.ts'
import type { Answer } from '../../services/client.ts'
import { reservation } from '../../services/reservation.ts'
import { metLateStore, MOST_STARTS, Worker } from '../../services/worker.ts'
import type { WorkerScript } from '../../services/worker.ts'

/** The value of every secret; no message may hold it. */
export const SECRET = 'planted-5ecret-17'
export const HEADERS = { secret: SECRET, authorization: `Bearer ${SECRET}` }
/** Answers of hosts without the store. */
export const NOBODY = /ECONNREFUSED/
export const UNKNOWN = /ENOTFOUND|EAI_AGAIN/
export const NO_TLS = /wrong version number|SSL|EPROTO|disconnected/i

/** A mistake in the settings of a store, and the expected message. */
export interface Mistake {
  readonly what: string
  /** The npm script of a worker with this store; default: Node's. */
  readonly script?: WorkerScript
  /** `persistencyManagement`. */
  readonly store: () => object
  /** Parts of the message: the action, the answer, the remedy. */
  readonly told: readonly [tried: RegExp, cameBack: RegExp, toDo: RegExp]
  /** The start finds the mistake, so the process ends. */
  readonly isRefused?: boolean
  /** Reads succeed. */
  readonly isReadable?: boolean
  /** Only a write finds the mistake. */
  readonly isFoundByWriting?: boolean
}

export function expectTold(mistake: Mistake, name: string): Promise<void> {
  return mistake.isRefused ? expectRefusal(mistake, name) : expectReport(mistake, name)
}

/** Starts a worker for `use`, stops it, and checks that its output holds no secret. */
async function withWorker(mistake: Mistake, use: (worker: Worker) => Promise<readonly string[]>): Promise<void> {
  const file = reservation(2, (file) => void (file.persistencyManagement = mistake.store()))
  const worker = await Worker.prepare({ script: mistake.script ?? 'start', configuration: JSON.stringify(file) })
  try {
    const answers = await use(worker)
    for (const text of [worker.stdout, worker.stderr, ...answers]) expect(text).not.toContain(SECRET)
  } finally {
    await worker.stop()
  }
}

/** Expects exit code 1 and one line with every part of the message. A start that met a late server is repeated. */
function expectRefusal(mistake: Mistake, name: string): Promise<void> {
  return withWorker(mistake, async (worker) => {
    const lines = () => worker.stderr.split('\n').filter((line) => line.startsWith('batuta could not start: '))
    for (let starts = 1; starts <= MOST_STARTS; starts++) {
      const { code } = await worker.launch()
      expect(code, worker.stderr).toBe(1)
      expect(lines()).toHaveLength(starts)
      if (!metLateStore(lines().at(-1) ?? '')) break
    }
    expectSaid(mistake, name, lines().at(-1) ?? '')
    return []
  })
}

/** Expects a running process, a probe with every part of the message, and 503 for requests. */
function expectReport(mistake: Mistake, name: string): Promise<void> {
  return withWorker(mistake, async (worker) => {
    const ended = worker
      .launch()
      .then(({ code }) => Promise.reject(new Error(`it has ended: ${code} ${worker.stderr}`)))
    const answers = await Promise.race([ask(mistake, name, worker.url), ended])
    await worker.kill()
    await ended.catch(() => undefined)
    return answers.map(({ text }) => text)
  })
}

async function ask(mistake: Mistake, name: string, url: string): Promise<readonly Answer[]> {
  const ready = () => call(`${url}/-/ready`).catch(() => undefined)
  await eventually(ready)
  const creation = { body: { associatedEntityId: 'table-4', metadata: {} } }
  const refused = mistake.isFoundByWriting ? call(`${url}/saga`, creation) : call(`${url}/sagas/some-saga`)
  if (!mistake.isReadable) expectRetry(await refused)
  const told = await call(`${url}/-/ready`)
  expect(told).toMatchObject({ status: 503, json: { status: 'KO' } })
  expectSaid(mistake, name, (told.json as { message: string }).message)
  const alive = await call(`${url}/-/healthz`)
  expect(alive.status).toBe(200)
  return [await refused, told, alive, await call(`${url}/configuration`)]
}

function expectRetry({ status, json, headers }: Answer): void {
  expect({ status, json }).toMatchObject({ status: 503, json: { statusCode: 503, error: 'Service Unavailable' } })
  expect(headers.get('retry-after')).toMatch(/^\d+$/)
}

function expectSaid({ told }: Mistake, name: string, message: string): void {
  for (const part of [`the store "${name}"`, ...told]) expect(message).toMatch(part)
  expect(message).not.toMatch(/\n/)
}
