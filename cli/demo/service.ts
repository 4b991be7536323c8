import { join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { writeExample } from '../../testing/load/example.ts'
import { startWorker } from '../../testing/load/worker.ts'
import type { Worker } from '../../testing/load/worker.ts'

export interface Service extends Worker {
  /** Holds the store, the configuration and the log; relative to where the demonstration was started. */
  readonly folder: string
  readonly definition: MachineDefinition
}

const WORKER = fileURLToPath(new URL('../../workers/node.ts', import.meta.url))

/** What `npm start` starts, as a process of its own: the Node worker over its embedded store, in a folder of its own. */
export async function startService(participantPort: number): Promise<Service> {
  const name = `demo-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}-${process.pid}`
  const folder = join(process.cwd(), 'data', name)
  const { path, definition } = writeExample({ folder, participantPort })
  const worker = await startWorker({
    command: [process.execPath, WORKER],
    variables: { CONFIGURATIONS_FILE_PATH: path, DATA_PATH: folder },
    log: join(folder, 'service.log'),
  })
  return { ...worker, folder: relative('', folder), definition }
}
