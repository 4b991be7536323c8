import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { eventually } from '../services/client.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'
import { tables } from '../services/tables.ts'
import { Worker } from '../services/worker.ts'
import type { WorkerOptions } from '../services/worker.ts'
import { Load } from './load.ts'
import { courseOf, losesAnswers, TABLES } from './tables.ts'
import { look, verdict } from './verdict.ts'

const MACHINE = tables('reservations')

export interface HeldOptions extends Pick<WorkerOptions, 'script' | 'args'> {
  /** What stands in `persistencyManagement`. */
  readonly store: object
  /** The channel's time-out: what a dead worker holds is free again after this and five seconds (P12). */
  readonly timeout: string
  readonly workers: number
  readonly sagas: number
  readonly atOnce: number
  readonly seconds: number
}

/**
 * Workers on one store, each request to any of them, one killed in the middle and started again: nothing is lost, nothing is
 * done twice. Answers a line that says how it went.
 */
export async function heldTogether(options: HeldOptions): Promise<string> {
  const { sagas, atOnce, seconds } = options
  const participant = await startParticipant()
  const workers = await startWorkers(options, configurationOf(participant.port, options))
  try {
    const any = () => workers[Math.floor(Math.random() * workers.length)]?.url ?? ''
    participant.reports(any)
    const load = new Load({ url: any, participant, sagas, atOnce, play: TABLES })
    const from = Date.now()
    const killing = killOne(workers[0] as Worker, load, participant, options)
    const [before] = await Promise.all([killing, load.run(seconds * 1_000)])
    const took = (Date.now() - from) / 1_000
    await expectAll(load, workers.at(-1)?.url ?? '', participant, options)
    return `${sagas} sagas in ${took.toFixed(1)} s; ${countAll(participant, before)}`
  } finally {
    await Promise.all([participant.close(), ...workers.map((worker) => worker.stop())])
  }
}

function startWorkers({ script, args, workers }: HeldOptions, configuration: string): Promise<readonly Worker[]> {
  const environment = { LOG_LEVEL: 'silent' }
  const start = () => Worker.start({ script, args: args ?? [], configuration, environment })
  return Promise.all(Array.from({ length: workers }, start))
}

function configurationOf(port: number, { store, timeout }: HeldOptions): string {
  return JSON.stringify(
    reservation(port, (file) => {
      file.persistencyManagement = store
      file.machineDefinition = MACHINE
      for (const channel of file.communicationProtocols) channel.configurations['timeout'] = timeout
    }),
  )
}

/** Answers how many commands had arrived when it was killed. */
async function killOne(
  worker: Worker,
  load: Load,
  { received }: Participant,
  { sagas, seconds }: HeldOptions,
): Promise<number> {
  await eventually(() => (load.over || load.ended >= sagas / 3 ? true : undefined), seconds * 1_000)
  expect(load.over, 'the run does not count: it was over before the kill').toBe(false)
  await worker.kill()
  const sent = received.length
  await sleep(500)
  await worker.start()
  return sent
}

async function expectAll(load: Load, url: string, participant: Participant, { sagas, atOnce }: HeldOptions) {
  expect(load.created).toHaveLength(sagas)
  const aftermath = await look(url, load.created, atOnce)
  const problems = verdict(MACHINE, load.created, aftermath, participant)
  expect(problems.slice(0, 20), `${problems.length} problems`).toEqual([])
  for (const { n, sagaId } of load.created) {
    const { end, commands } = courseOf(n)
    const document = aftermath.documents.get(sagaId)
    expect([document?.currentState, document?.history.events.length]).toEqual([end, commands + 1])
  }
}

/** Beside the answers that are lost on purpose, only the kill makes commands go again. */
function countAll({ received, emitted }: Participant, before: number): string {
  const keys = new Set(received.map(({ key }) => key))
  const again = received.slice(before).filter(({ nth, payload }) => nth > 1 && !losesAnswers(Number(payload['n'])))
  expect(again.length, 'the run does not count: the kill made nothing go again').toBeGreaterThan(0)
  return `${keys.size} commands, ${again.length} sent again because of the kill; ${emitted.length} events`
}
