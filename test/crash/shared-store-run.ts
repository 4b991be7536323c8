import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { startParticipant } from '../services/participant.ts'
import type { Participant } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'
import { tables } from '../services/tables.ts'
import { Worker } from '../services/worker.ts'
import type { WorkerOptions } from '../services/worker.ts'
import { CrashLoad } from './load.ts'
import { PATIENCE, Tables } from './tables.ts'
import { readSagasAtRest, brokenPromises } from './verdict.ts'
import type { SagasAfterRun } from './verdict.ts'

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
  /** Most seconds in which no saga ends, and of the wait for rest. */
  readonly seconds: number
}

/**
 * Runs a load on several workers over one store, with retries, parking and, where the store wakes sagas by itself, timers; kills
 * one worker and restarts it, and expects that nothing is lost or done twice. Resolves with a summary in one line.
 */
export async function runOnSharedStore(options: SharedStoreRunOptions): Promise<string> {
  const { sagas, atOnce, seconds } = options
  const participant = await startParticipant()
  const machine = tables('reservations', hasTimers(options) ? PATIENCE.timeout : undefined)
  const workers = await startWorkers(options, configurationOf(participant.port, options, machine))
  try {
    const any = () => workers[Math.floor(Math.random() * workers.length)]?.url ?? ''
    participant.reports(any)
    const play = new Tables(hasTimers(options))
    const load = new CrashLoad({ url: any, participant, sagas, atOnce, play })
    const from = Date.now()
    const killing = killOne(workers[0] as Worker, { load, participant }, options)
    const [before] = await Promise.all([killing, load.run(seconds * 1_000)])
    const took = (Date.now() - from) / 1_000
    const url = workers.at(-1)?.url ?? ''
    const after = await atRest(url, load, options)
    const { created } = load
    const { received, emitted } = participant
    expect(created).toHaveLength(sagas)
    const problems = [
      ...brokenPromises({ machine, created, sagas: after, received }),
      ...created.flatMap((creation) => {
        const document = after.documents.get(creation.sagaId)
        return document === undefined ? [] : play.problems(creation, document)
      }),
    ]
    expect(problems.slice(0, 20), `${problems.length} problems`).toEqual([])
    return `${sagas} sagas in ${took.toFixed(1)} s; ${countAll({ load, play, received, emitted, before })}; ${countWaits(after, emitted, options)}`
  } finally {
    await Promise.all([participant.close(), ...workers.map((worker) => worker.stop())])
  }
}

/** A store that is swept finds sagas whose time has come; with redelivery alone timeouts are refused at the start (P17). */
function hasTimers({ recovers }: SharedStoreRunOptions): boolean {
  return recovers === 'sweep'
}

function startWorkers(
  { script, args, workers }: SharedStoreRunOptions,
  configuration: string,
): Promise<readonly Worker[]> {
  const environment = { LOG_LEVEL: 'silent' }
  const start = () => Worker.start({ script, args: args ?? [], configuration, environment })
  return Promise.all(Array.from({ length: workers }, start))
}

function configurationOf(port: number, { store, timeout }: SharedStoreRunOptions, machine: MachineDefinition): string {
  return JSON.stringify(
    reservation(port, (file) => {
      file.persistencyManagement = store
      file.machineDefinition = machine
      file.settings = { unexpectedEvents: 'park' }
      for (const { configurations } of file.communicationProtocols)
        Object.assign(configurations, { timeout, retry: PATIENCE.retry })
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
  { sagas }: SharedStoreRunOptions,
): Promise<number> {
  await load.hasEnded(sagas / 3)
  expect(load.over, 'the run does not count: it was over before the kill').toBe(false)
  await worker.kill()
  const sent = participant.received.length
  await sleep(500)
  await worker.start()
  return sent
}

/**
 * Waits until every saga has ended, and commands that were sent but not settled at the kill are sent again: their leases outlast
 * the load (P12).
 */
function atRest(
  url: string,
  { created }: CrashLoad,
  { atOnce, seconds, recovers }: SharedStoreRunOptions,
): Promise<SagasAfterRun> {
  const rests = ({ isFinal, owed }: SagaDocument) => isFinal && (recovers === 'redelivery' || owed === undefined)
  return readSagasAtRest(url, created, { atOnce, within: seconds * 1_000, rests })
}

interface EndedRun extends Pick<Participant, 'received' | 'emitted'> {
  readonly load: CrashLoad
  readonly play: Tables
  /** The number of commands that had arrived at the kill. */
  readonly before: number
}

/** Commands that were sent again because of the kill: all repeats but those that participants cause. */
function countAll({ load: { created }, play, received, emitted, before }: EndedRun): string {
  const keys = new Set(received.map(({ key }) => key))
  const again = received.slice(before).filter(({ nth, payload }) => nth > 1 && !play.repeats(Number(payload['n'])))
  const unanswered = [...created.filter(({ impatient }) => !impatient), ...emitted].filter(({ tries }) => tries > 1)
  expect(again.length + unanswered.length, 'the run does not count: the kill left nothing behind').toBeGreaterThan(0)
  return (
    `${keys.size} commands, ${again.length} sent again because of the kill; ${emitted.length} events; ` +
    `${unanswered.length} requests repeated because of it`
  )
}

/** Each kind of wait must have happened. */
function countWaits(
  { documents }: SagasAfterRun,
  emitted: Participant['emitted'],
  options: SharedStoreRunOptions,
): string {
  const all = [...documents.values()]
  const expired = all.filter(({ history }) => history.events.some(({ id }) => id?.startsWith('timer/'))).length
  const letters = all.filter(({ deadLetters }) => deadLetters !== undefined).length
  const parked = emitted.filter(({ answer }) => (answer.json as { outcome?: string }).outcome === 'parked').length
  for (const [what, count] of Object.entries(hasTimers(options) ? { expired, letters, parked } : { parked })) {
    expect(count, `the run does not count: ${what}`).toBeGreaterThan(0)
  }
  return `${expired} payments expired, ${letters} dead letters, ${parked} events parked`
}
