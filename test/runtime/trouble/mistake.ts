import { expect } from 'vitest'
import { call, eventually } from '../../services/client.ts'
import type { Answer } from '../../services/client.ts'
import { reservation } from '../../services/reservation.ts'
import { Worker } from '../../services/worker.ts'
import type { WorkerScript } from '../../services/worker.ts'

/** Stands where a store's secret does; no message may hold it. */
export const SECRET = 'planted-5ecret-17'
export const HEADERS = { secret: SECRET, authorization: `Bearer ${SECRET}` }
/** What comes back from where nothing is that was looked for. */
export const NOBODY = /ECONNREFUSED/
export const UNKNOWN = /ENOTFOUND|EAI_AGAIN/
export const NO_TLS = /wrong version number|SSL|EPROTO|disconnected/i

/** A store that a saga.json names wrongly, and what must be said about it. */
export interface Mistake {
  readonly what: string
  /** Of a worker that carries the store; default: Node's. */
  readonly script?: WorkerScript
  /** `persistencyManagement`. */
  readonly store: () => object
  /** What was tried, what came back, what to do. */
  readonly told: readonly [tried: RegExp, cameBack: RegExp, toDo: RegExp]
  /** The process must end, since it can tell at the start. */
  readonly isRefused?: boolean
  /** Reads go well. */
  readonly isReadable?: boolean
  /** And so nobody can tell before somebody writes. */
  readonly isFoundByWriting?: boolean
}

export function expectTold(mistake: Mistake, name: string): Promise<void> {
  return mistake.isRefused ? expectRefusal(mistake, name) : expectReport(mistake, name)
}

/** Begins a worker, hands it on, and sees to it that nothing of it is left, and that it has told no secret. */
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

/** The process ends with 1, and the line that says why says all of it. */
function expectRefusal(mistake: Mistake, name: string): Promise<void> {
  return withWorker(mistake, async (worker) => {
    const { code } = await worker.launch()
    expect(code, worker.stderr).toBe(1)
    const lines = worker.stderr.split('\n').filter((line) => line.startsWith('batuta could not start: '))
    expect(lines).toHaveLength(1)
    expectSaid(mistake, name, lines[0] ?? '')
    return []
  })
}

/** The process lives, its probe says all of it, and requests are asked to come again. */
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
