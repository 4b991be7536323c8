import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { call, eventually } from '../services/client.ts'
import { startParticipant } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'
import { machineOfTimeouts } from '../services/timeouts.ts'
import { Worker } from '../services/worker.ts'

const [FEW, MANY] = [1_000, 1_000_000]
const EVENTS = 1_500
const AT_ONCE = 4
/** Both stores in turn: what else the machine does in a round meets both. */
const ROUNDS = 9
/** Issue of the speed: an event among a million waiting sagas costs at most this much more, and the start this many ms. */
const MOST_RATIO = 1.3
const MOST_START = 2_000

/** A worker whose store holds sagas that wait for a deadline in thirty days. */
interface Crowd {
  readonly worker: Worker
  readonly template: string
  readonly count: number
  next: number
}

test(
  'P18 among a million waiting timers an event costs what it costs among a thousand',
  { timeout: 900_000 },
  async () => {
    const participant = await startParticipant()
    const file = reservation(participant.port)
    file.machineDefinition = machineOfTimeouts('P30D')
    const configuration = JSON.stringify(file)
    const crowds = [await crowd(FEW, configuration), await crowd(MANY, configuration)] as const
    try {
      const starts = await startsOf(crowds[1])
      await crowds[0].worker.start()
      const p99s: number[][] = [[], []]
      for (let round = 0; round < ROUNDS; round++)
        for (const at of round % 2 === 0 ? [0, 1] : [1, 0]) p99s[at]?.push(p99(await drive(crowds[at] as Crowd)))
      const [few = 0, many = 0] = p99s.map(median)
      process.stderr.write(
        `start to ready of ${MANY}: ${starts.map((ms) => ms.toFixed(0)).join(', ')} ms; ` +
          `p99 of ${FEW}: ${few.toFixed(2)} ms, of ${MANY}: ${many.toFixed(2)} ms, ratio ${(many / few).toFixed(2)}\n`,
      )
      expect(median(starts)).toBeLessThanOrEqual(MOST_START)
      expect(many / few).toBeLessThanOrEqual(MOST_RATIO)
    } finally {
      await Promise.all([participant.close(), ...crowds.map(({ worker }) => worker.stop())])
    }
  },
)

/** One saga as the service makes it, and copies of it in its file. */
async function crowd(count: number, configuration: string): Promise<Crowd> {
  const worker = await Worker.start({ script: 'start', configuration, environment: { LOG_LEVEL: 'warn' } })
  const body = { associatedEntityId: 'crowd', metadata: { order: 'an order of ordinary length' } }
  const { sagaId } = (await call(`${worker.url}/saga`, { body })).json as { sagaId: string }
  await tell(worker, sagaId, 'wait')
  const isSettled = async () => {
    const { json } = await call(`${worker.url}/sagas/${sagaId}`)
    return (json as { owed?: unknown }).owed === undefined ? true : undefined
  }
  await eventually(isSettled)
  await worker.terminate()
  copy(join(worker.folder, 'data'), sagaId, count)
  return { worker, template: sagaId, count, next: 0 }
}

function copy(folder: string, sagaId: string, count: number): void {
  mkdirSync(folder, { recursive: true })
  const db = new DatabaseSync(join(folder, 'batuta.sqlite'))
  db.exec('PRAGMA synchronous = OFF; BEGIN')
  const same = 'write_id, entity, state, final, business, metadata, owed, dead, parked, timed, held'
  const series = 'WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)'
  db.prepare(
    `INSERT INTO sagas (id, created, due, head, ${same}) ${series}
     SELECT 'copy' || i, created + i, due + i, json_set(head, '$.created', created + i), ${same} FROM n, sagas WHERE id = ?`,
  ).run(count, sagaId)
  db.prepare(
    `INSERT INTO history (saga, event, label, number, write_id, passage)
     SELECT copies.key, event, label, number, history.write_id, passage FROM sagas AS copies, history
     WHERE copies.id LIKE 'copy%' AND history.saga = (SELECT key FROM sagas WHERE id = ?)`,
  ).run(sagaId)
  db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
  db.close()
}

/** Milliseconds from the start of the process to its first answer that it is ready, of three starts. */
async function startsOf({ worker }: Crowd): Promise<readonly number[]> {
  const starts: number[] = []
  for (let at = 0; at < 3; at++) {
    const began = performance.now()
    await worker.start()
    starts.push(performance.now() - began)
    if (at < 2) await worker.kill()
  }
  return starts
}

/** Milliseconds of events that move waiting sagas, spread over all of them. */
async function drive(on: Crowd): Promise<readonly number[]> {
  const took: number[] = []
  const each = async () => {
    while (took.length < EVENTS) {
      const began = performance.now()
      await tell(on.worker, `copy${(on.next++ * 7_919) % on.count}`, 'beg again')
      took.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, each))
  return took.slice(EVENTS / 10)
}

async function tell({ url }: Worker, key: string, messageLabel: string): Promise<void> {
  const { status, text } = await call(`${url}/event`, { body: { key, value: { messageLabel, messagePayload: {} } } })
  if (status !== 200) throw new Error(`send an event: ${status} ${text}`)
}

function p99(took: readonly number[]): number {
  return took.toSorted((one, other) => one - other)[Math.floor(took.length * 0.99)] ?? 0
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0
}
