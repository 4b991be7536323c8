import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { freePorts } from '../../../testing/broker/ports.ts'
import { machineOfOrders, orders } from '../../crash/waiting.ts'
import { Worker } from '../../services/worker.ts'
import type { WorkerScript } from '../../services/worker.ts'
import type { Stage, Target } from '../deployment.ts'
import { ParticipantProcess } from '../participants/participant-process.ts'

export interface OverHttpOptions {
  readonly folder: string
  readonly script: WorkerScript
  /** `persistencyManagement`. */
  readonly store: object
  readonly workers: number
  /** Variables of the workers. */
  readonly environment?: Readonly<Record<string, string>>
  /** Targets beside the services and the participants. */
  readonly more?: readonly Target[]
  /** Ends what belongs to them. */
  readonly close?: () => Promise<void>
}

/** Deadline of a payment: longer than a late answer, shorter than most outages. */
export const AFTER = 'PT2S'
/** Of a send; the lease of a killed process ends five seconds later. */
const TIMEOUT = 'PT1S'
/** Times in ms from a kill to the restart. */
export const AWAY = [0, 3_000] as const

/** Services whose commands and events go over HTTP, and a process with their participants. */
export async function openOverHttp(options: OverHttpOptions): Promise<Stage> {
  const { folder, script, store, more = [] } = options
  const [port = 0] = await freePorts(1)
  const machine = machineOfOrders(AFTER)
  const configuration = configurationOf(machine, port, store)
  const prepared = { script, configuration, environment: { LOG_LEVEL: 'warn', ...options.environment } }
  const workers = await Promise.all(Array.from({ length: options.workers }, () => Worker.prepare(prepared)))
  const ledger = join(folder, 'participant.ledger')
  const settings = { port, ledger, services: workers.map(({ url }) => url) }
  const log = join(folder, 'participant.log')
  const participant = await ParticipantProcess.start({ script: 'http-participant.ts', settings, log })
  let turn = 0
  const stage: Stage = {
    machine,
    transport: 'http',
    url: () => workers[turn++ % workers.length]?.url ?? '',
    targets: [
      ...workers.map((worker) => targetOf('service', worker)),
      { kind: 'participant', away: AWAY, kill: () => participant.kill(), start: () => participant.start() },
      ...more,
    ],
    created: [],
    ledger,
    left: async () => [],
    surroundings: async () => [],
    async close(keep) {
      if (keep) keepWorkers(folder, workers)
      await Promise.all([participant.kill(), ...workers.map((worker) => worker.stop())])
      await options.close?.()
    },
  }
  try {
    await Promise.all(workers.map((worker) => worker.start()))
    return stage
  } catch (thrown) {
    await stage.close(true)
    throw thrown
  }
}

/** A worker that is killed. */
export function targetOf(kind: string, worker: Worker): Target {
  return { kind, away: AWAY, kill: () => worker.kill(), start: () => worker.start() }
}

/** Copies output and files of the workers. */
export function keepWorkers(folder: string, workers: readonly Worker[]): void {
  for (const [index, { stdout, stderr, folder: own }] of workers.entries()) {
    writeFileSync(join(folder, `service-${index}.log`), stdout + stderr)
    cpSync(own, join(folder, `service-${index}`), { recursive: true })
  }
}

function configurationOf(machine: MachineDefinition, port: number, store: object): string {
  const file = orders(machine, port, store)
  for (const { configurations } of file.communicationProtocols) configurations['timeout'] = TIMEOUT
  return JSON.stringify(file)
}
