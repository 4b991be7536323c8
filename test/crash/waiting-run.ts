import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { eventually } from '../services/client.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { Worker } from '../services/worker.ts'
import type { WorkerScript } from '../services/worker.ts'
import { CrashLoad } from './load.ts'
import { brokenPromises, readSagasAtRest } from './verdict.ts'
import type { SagasAfterRun } from './verdict.ts'
import { mannerOf, ORDERS, orders, PAYMENTS, waitingProblems } from './waiting.ts'

const [SAGAS, AT_ONCE, KILLS] = [180, 60, 3]
/** Milliseconds for the starts of workers, beside the load and the wait for its end. */
const START = 40_000

/** A worker with its own store. */
export interface KilledHost {
  readonly script: WorkerScript
  /** `persistencyManagement` of its saga.json. */
  readonly store: object
  /** Most seconds in which no saga has its last event; recovery after a kill is slower on some hosts. */
  readonly seconds: number
}

/** Tests that sagas with retries, timers and parked events end as they must while their worker is killed under load. */
export function waitsAreKept({ script, store, seconds }: KilledHost): void {
  const within = seconds * 1_000
  let participant: Participant
  let worker: Worker

  beforeEach(async () => {
    participant = await startParticipant()
    const configuration = JSON.stringify(orders(participant.port, store))
    worker = await Worker.start({ script, configuration, environment: { LOG_LEVEL: 'silent' } })
    participant.reports(worker.url)
  })
  afterEach(async () => void (await Promise.all([participant?.close(), worker?.stop()])))

  test('I1–I4 I7 P10 P15 P18 every saga ends, and no wait is forgotten', { timeout: 2 * within + START }, async () => {
    const from = Date.now()
    const load = new CrashLoad({ url: worker.url, participant, sagas: SAGAS, atOnce: AT_ONCE, play: PAYMENTS })
    const [kills] = await Promise.all([killAtRandom(worker, load, within), load.run(within)])
    const sagas = await settled(worker.url, load, within)
    const took = (Date.now() - from) / 1_000

    const { created } = load
    const { received } = participant
    const problems = [
      ...brokenPromises({ machine: ORDERS, created, sagas, received }),
      ...created.flatMap((creation) => {
        const document = sagas.documents.get(creation.sagaId)
        return document === undefined ? [] : waitingProblems(creation, document)
      }),
    ]
    expect(created).toHaveLength(SAGAS)
    expect(kills, 'the run does not count: it was over before the last kill').toBe(KILLS)
    expect(problems.slice(0, 20), `${problems.length} problems`).toEqual([])

    const counted = count({ load, sagas, participant })
    const figures = Object.entries(counted).map(([what, number]) => `${what}: ${number}`)
    console.log(
      `kill -9 of waits, ${script}: ${SAGAS} sagas, ${KILLS} kills, ${took.toFixed(1)} s; ${figures.join('; ')}`,
    )
    for (const [what, number] of Object.entries(counted)) {
      expect(number, `the run does not count: it had no ${what}`).toBeGreaterThan(0)
    }
  })
}

/** Kills after random shares of the work, and restarts. Resolves with the number of kills. */
async function killAtRandom(worker: Worker, load: CrashLoad, within: number): Promise<number> {
  const shares = Array.from({ length: KILLS }, () => 0.02 + Math.random() * 0.8).sort((one, other) => one - other)
  let kills = 0
  for (const share of shares) {
    await eventually(() => (load.over || load.ended >= share * SAGAS ? true : undefined), within)
    await sleep(Math.random() * 300)
    if (load.over) break
    kills++
    await worker.restart()
  }
  return kills
}

/** An early event ends a saga for the load, though not for the service: waits until each has ended and owes nothing. */
function settled(url: string, { created }: CrashLoad, within: number): Promise<SagasAfterRun> {
  const rests = ({ isFinal, owed }: SagaDocument) => isFinal && owed === undefined
  return readSagasAtRest(url, created, { atOnce: AT_ONCE, within, rests })
}

interface EndedRun {
  readonly load: CrashLoad
  readonly sagas: SagasAfterRun
  readonly participant: Participant
}

function count({ load: { created }, sagas: { documents }, participant: { emitted, received } }: EndedRun) {
  const ends = (manner: string, end: string) =>
    created.filter(({ n, sagaId }) => mannerOf(n) === manner && documents.get(sagaId)?.currentState === end).length
  const parked = emitted.filter(({ answer }) => (answer.json as { outcome: string }).outcome === 'parked')
  return {
    'payment resent to a participant that had accepted it': received.filter(
      ({ nth, label, payload }) => nth > 1 && label === 'pay' && mannerOf(Number(payload['n'])) === 'swallows',
    ).length,
    'saga saved by a resend': ends('swallows-once', 'done'),
    'saga ended by its timer': ends('swallows', 'failed'),
    'dead letter': [...documents.values()].filter(({ deadLetters }) => deadLetters !== undefined).length,
    'event parked': parked.length,
    'parked event taken': ends('early', 'done'),
    'payment after a Retry-After': ends('busy', 'done'),
  }
}
