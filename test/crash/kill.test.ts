import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'
import { Worker } from '../services/worker.ts'
import { CrashLoad } from './load.ts'
import type { AnsweredCreation } from './load.ts'
import { readSagas, brokenPromises } from './verdict.ts'
import type { SagasAfterRun } from './verdict.ts'

const [SAGAS, AT_ONCE, KILLS, SECONDS] = [3_000, 32, 8, 90]

describe('the service on Node, killed under load', () => {
  let participant: Participant
  let worker: Worker

  beforeEach(async () => {
    participant = await startParticipant()
    const configuration = JSON.stringify(reservation(participant.port))
    worker = await Worker.start({ script: 'start', configuration, environment: { LOG_LEVEL: 'silent' } })
    participant.reports(worker.url)
  })
  afterEach(async () => void (await Promise.all([participant?.close(), worker?.stop()])))

  test('I1 I2 I3 I4 I7 P8 nothing is lost, nothing is done twice', { timeout: 2 * SECONDS * 1_000 }, async () => {
    const from = Date.now()
    const load = new CrashLoad({ url: worker.url, participant, sagas: SAGAS, atOnce: AT_ONCE })
    const [kills] = await Promise.all([killAtRandom(worker, load), load.run((SECONDS - 15) * 1_000)])
    const seconds = (Date.now() - from) / 1_000

    const sagas = await readSagas(worker.url, load.created, AT_ONCE)
    const { created } = load
    const { received } = participant
    const problems = brokenPromises({ machine: reservation(1).machineDefinition, created, sagas, received })
    expect(load.created).toHaveLength(SAGAS)
    expect(kills, 'the run does not count: it was over before the last kill').toHaveLength(KILLS)
    expect(problems.slice(0, 20), `${problems.length} problems`).toEqual([])

    const counted = count({ created, sagas, participant, kills })
    console.log(summary(counted, kills, seconds))
    for (const [what, times] of Object.entries(counted)) {
      expect(times, `the run does not count: it had no ${what}`).toBeGreaterThan(0)
    }
  })
})

/** Kills after random shares of the work plus a random delay, and restarts. Resolves with the instants of the kills. */
async function killAtRandom(worker: Worker, load: CrashLoad): Promise<readonly number[]> {
  const shares = Array.from({ length: KILLS }, () => 0.02 + Math.random() * 0.93).sort((one, other) => one - other)
  const kills: number[] = []
  for (const share of shares) {
    await load.hasEnded(share * SAGAS)
    await sleep(Math.random() * 50)
    if (load.over) break
    kills.push(Date.now())
    await worker.restart()
  }
  return kills
}

interface Counted {
  readonly 'command sent again after a kill': number
  readonly 'creation repeated': number
  readonly 'event answered as a duplicate': number
}

interface KilledRun {
  readonly created: readonly AnsweredCreation[]
  readonly sagas: SagasAfterRun
  readonly participant: Participant
  /** Instants of the kills. */
  readonly kills: readonly number[]
}

function count({ created, sagas, participant, kills }: KilledRun): Counted {
  const { documents } = sagas
  const { received, emitted } = participant
  const first = new Map<string, number>()
  for (const { key, at, nth } of received) if (nth === 1) first.set(key, at)
  const isAcross = (before: number, after: number) => kills.some((kill) => before < kill && kill < after)
  const birth = (id: string) => Date.parse(documents.get(id)?.history.events[0]?.timestamp ?? '')
  return {
    'command sent again after a kill': received.filter(({ key, at }) => isAcross(first.get(key) ?? at, at)).length,
    // The saga existed before the attempt that answered the client.
    'creation repeated': created.filter(({ sagaId, at }) => birth(sagaId) < at).length,
    'event answered as a duplicate': emitted.filter(
      ({ answer }) => (answer.json as { outcome: string }).outcome === 'duplicate',
    ).length,
  }
}

function summary(counted: Counted, kills: readonly number[], seconds: number): string {
  const figures = Object.entries(counted).map(([what, times]) => `${what}: ${times}`)
  const rate = Math.round(SAGAS / seconds)
  const load = `${SAGAS} sagas at ${AT_ONCE} at once, ${kills.length} kills, ${seconds.toFixed(1)} s (${rate} sagas/s)`
  return `kill -9: ${load}; ${figures.join('; ')}`
}
