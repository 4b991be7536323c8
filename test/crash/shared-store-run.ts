import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { eventually } from '../services/client.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'
import { tables } from '../services/tables.ts'
import { Worker } from '../services/worker.ts'
import type { WorkerOptions } from '../services/worker.ts'
import { CrashLoad } from './load.ts'
import type { AnsweredCreation } from './load.ts'
import { courseOf, losesAnswers, TABLES } from './tables.ts'
import { readSagas, brokenPromises } from './verdict.ts'

const MACHINE = tables('reservations')

export interface SharedStoreRunOptions extends Pick<WorkerOptions, 'script' | 'args'> {
  /** `persistencyManagement`. */
  readonly store: object
  /** The channel's time-out: leases of a dead worker end after this and five seconds (P12). */
  readonly timeout: string
  /** Recovery of the store; by redelivery, a delivered command may stay in the outbox for good (P17). */
  readonly recovers: 'sweep' | 'redelivery'
  readonly workers: number
  readonly sagas: number
  readonly atOnce: number
  readonly seconds: number
}

/**
 * Runs a load on several workers over one store, kills one and restarts it, and expects that nothing is lost or done twice.
 * Resolves with a summary in one line.
 */
export async function runOnSharedStore(options: SharedStoreRunOptions): Promise<string> {
  const { sagas, atOnce, seconds } = options
  const participant = await startParticipant()
  const workers = await startWorkers(options, configurationOf(participant.port, options))
  try {
    const any = () => workers[Math.floor(Math.random() * workers.length)]?.url ?? ''
    participant.reports(any)
    const load = new CrashLoad({ url: any, participant, sagas, atOnce, play: TABLES })
    const from = Date.now()
    const killing = killOne(workers[0] as Worker, { load, participant }, options)
    const [before] = await Promise.all([killing, load.run(seconds * 1_000)])
    const took = (Date.now() - from) / 1_000
    const url = workers.at(-1)?.url ?? ''
    if (options.recovers === 'sweep') await outboxesEmpty(url, load, options)
    await expectAll({ load, participant }, url, options)
    return `${sagas} sagas in ${took.toFixed(1)} s; ${countAll(load, participant, before)}`
  } finally {
    await Promise.all([participant.close(), ...workers.map((worker) => worker.stop())])
  }
}

function startWorkers(
  { script, args, workers }: SharedStoreRunOptions,
  configuration: string,
): Promise<readonly Worker[]> {
  const environment = { LOG_LEVEL: 'silent' }
  const start = () => Worker.start({ script, args: args ?? [], configuration, environment })
  return Promise.all(Array.from({ length: workers }, start))
}

function configurationOf(port: number, { store, timeout }: SharedStoreRunOptions): string {
  return JSON.stringify(
    reservation(port, (file) => {
      file.persistencyManagement = store
      file.machineDefinition = MACHINE
      for (const channel of file.communicationProtocols) channel.configurations['timeout'] = timeout
    }),
  )
}

interface LoadParts {
  readonly load: CrashLoad
  readonly participant: Participant
}

/** Resolves with the number of commands that had arrived at the kill. */
async function killOne(
  worker: Worker,
  { load, participant }: LoadParts,
  { sagas, seconds }: SharedStoreRunOptions,
): Promise<number> {
  await eventually(() => (load.over || load.ended >= sagas / 3 ? true : undefined), seconds * 1_000)
  expect(load.over, 'the run does not count: it was over before the kill').toBe(false)
  await worker.kill()
  const sent = participant.received.length
  await sleep(500)
  await worker.start()
  return sent
}

/** Waits until commands that were sent but not settled at the kill are sent again: their leases outlast the load (P12). */
async function outboxesEmpty(
  url: string,
  { created }: CrashLoad,
  { atOnce, seconds }: SharedStoreRunOptions,
): Promise<void> {
  let left: readonly AnsweredCreation[] = created
  const rest = async () => {
    const { documents } = await readSagas(url, left, atOnce)
    left = left.filter(({ sagaId }) => documents.get(sagaId)?.owed !== undefined)
    return left.length === 0 || undefined
  }
  await eventually(rest, seconds * 1_000)
}

async function expectAll({ load, participant }: LoadParts, url: string, options: SharedStoreRunOptions): Promise<void> {
  const { created } = load
  expect(created).toHaveLength(options.sagas)
  const sagas = await readSagas(url, created, options.atOnce)
  const problems = brokenPromises({ machine: MACHINE, created, sagas, received: participant.received })
  expect(problems.slice(0, 20), `${problems.length} problems`).toEqual([])
  for (const { n, sagaId } of created) {
    const { end, commands } = courseOf(n)
    const document = sagas.documents.get(sagaId)
    expect([document?.currentState, document?.history.events.length]).toEqual([end, commands + 1])
  }
}

/** Commands that were sent again because of the kill: all repeats but those of answers that are lost on purpose. */
function countAll({ created }: CrashLoad, { received, emitted }: Participant, before: number): string {
  const keys = new Set(received.map(({ key }) => key))
  const again = received.slice(before).filter(({ nth, payload }) => nth > 1 && !losesAnswers(Number(payload['n'])))
  const unanswered = [...created.filter(({ impatient }) => !impatient), ...emitted].filter(({ tries }) => tries > 1)
  expect(again.length + unanswered.length, 'the run does not count: the kill left nothing behind').toBeGreaterThan(0)
  return (
    `${keys.size} commands, ${again.length} sent again because of the kill; ${emitted.length} events; ` +
    `${unanswered.length} requests repeated because of it`
  )
}
