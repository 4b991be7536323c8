import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { milliseconds } from '../../src/machine/duration.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { Worker } from '../services/worker.ts'
import type { WorkerScript } from '../services/worker.ts'
import { beforeDeadline } from '../services/timeouts.ts'
import { CrashLoad } from './load.ts'
import { brokenPromises, readSagasAtRest } from './verdict.ts'
import type { SagasAfterRun } from './verdict.ts'
import { machineOfOrders, mannerOf, orders, PAYMENTS, waitingProblems } from './waiting.ts'

const [SAGAS, AT_ONCE, KILLS] = [180, 60, 3]
/** Seconds of a payment's first deadline: mostly long enough for a payment after a Retry-After of a second. */
const AFTER = 1.5
/** Milliseconds for the starts of workers; loads and waits for their ends, of runs with longer deadlines too. */
const [START, LOADS] = [40_000, 6]

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
  const timeout = LOADS * within + START
  test('I1–I4 I7 P10 P15 P18 every saga ends, and no wait is forgotten', { timeout }, () =>
    beforeDeadline(AFTER, (after) => runKilled({ script, store, within, after })),
  )
}

interface WaitingRun extends Pick<KilledHost, 'script' | 'store'> {
  /** Most milliseconds in which no saga has its last event. */
  readonly within: number
  /** Deadline of a payment, ISO 8601. */
  readonly after: string
}

/** Resolves with false if deadlines came before all that was to happen before them. */
async function runKilled({ script, store, within, after }: WaitingRun): Promise<boolean> {
  const machine = machineOfOrders(after)
  const participant = await startParticipant()
  const configuration = JSON.stringify(orders(machine, participant.port, store))
  const worker = await Worker.prepare({ script, configuration, environment: { LOG_LEVEL: 'silent' } })
  participant.reports(worker.url)
  try {
    await worker.start()
    const from = Date.now()
    const load = new CrashLoad({ url: worker.url, participant, sagas: SAGAS, atOnce: AT_ONCE, play: PAYMENTS })
    const [kills] = await Promise.all([killAtRandom(worker, load), load.run(within)])
    const sagas = await settled(worker.url, load, within)
    const took = (Date.now() - from) / 1_000

    const { created } = load
    const { received } = participant
    const deadline = milliseconds(after) ?? Number.NaN
    const problems = [
      ...brokenPromises({ machine, created, sagas, received }),
      ...created.flatMap((creation) => {
        const document = sagas.documents.get(creation.sagaId)
        return document === undefined ? [] : waitingProblems(creation, document, deadline)
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
    return Object.values(counted).every((number) => number > 0)
  } finally {
    await Promise.all([participant.close(), worker.stop()])
  }
}

/** Kills after random shares of the work, and restarts. Resolves with the number of kills. */
async function killAtRandom(worker: Worker, load: CrashLoad): Promise<number> {
  const shares = Array.from({ length: KILLS }, () => 0.02 + Math.random() * 0.8).sort((one, other) => one - other)
  let kills = 0
  for (const share of shares) {
    await load.hasEnded(share * SAGAS)
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
