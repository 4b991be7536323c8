import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { startWorker } from '../../testing/load/worker-process.ts'
import type { WorkerProcess } from '../../testing/load/worker-process.ts'
import { startCommand } from '../memory/start-command.ts'

/** The parts of saga.json that differ between the measurements. */
export interface MeasuredFlow {
  readonly machineDefinition: unknown
  readonly communicationProtocols: readonly unknown[]
  /** Default: `sqlite`. */
  readonly store?: 'sqlite' | 'memory' | undefined
}

/** A REST channel to a participant on this machine, with retries. */
export function deskChannel({
  id,
  port,
  path = '/',
}: {
  id: string
  port: number
  path?: string | undefined
}): unknown {
  const configurations = { protocol: 'http', endpoint: '127.0.0.1', port, method: 'POST', path, retry: {} }
  return { id, type: 'rest', configurations }
}

/** Starts the service on Node, as `npm start` does, with its data in this folder. */
export function startService(folder: string, { store = 'sqlite', ...flow }: MeasuredFlow): Promise<WorkerProcess> {
  const file = { ...flow, persistencyManagement: { type: store, configurations: {} } }
  const configuration = join(folder, 'saga.json')
  writeFileSync(configuration, JSON.stringify(file))
  const { args, variables } = startCommand('start')
  return startWorker({
    command: [process.execPath, ...args],
    variables: { ...variables, CONFIGURATIONS_FILE_PATH: configuration, DATA_PATH: folder },
    log: join(folder, 'service.log'),
  })
}
