import { join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { mortal } from '../../testing/broker/tools.ts'
import type { Example } from '../../testing/load/example.ts'
import { startWorker } from '../../testing/load/worker-process.ts'
import type { WorkerProcess } from '../../testing/load/worker-process.ts'

export interface DemoService extends WorkerProcess {
  /** Holds the store, the configuration and the log; relative to where the demonstration was started. */
  readonly folder: string
  readonly definition: MachineDefinition
}

/** A folder of this run's own, to be made. */
export function ownFolder(): string {
  const name = `demo-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}-${process.pid}`
  return join(process.cwd(), 'data', name)
}

/** What `npm start` and its likes start, as a process of its own: a Node worker over its embedded store. */
export async function startDemoService(
  entry: 'node' | 'kafka',
  folder: string,
  { path, definition }: Example,
): Promise<DemoService> {
  const script = fileURLToPath(new URL(`../../workers/${entry}.ts`, import.meta.url))
  const [tool, args] = mortal(process.execPath, [script])
  const worker = await startWorker({
    command: [tool, ...args],
    variables: { CONFIGURATIONS_FILE_PATH: path, DATA_PATH: folder },
    log: join(folder, 'service.log'),
  })
  return { ...worker, folder: relative('', folder), definition }
}
