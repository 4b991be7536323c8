import { join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { mortal } from '../../testing/broker/tools.ts'
import type { Example } from '../../testing/load/example.ts'
import { startWorker } from '../../testing/load/worker-process.ts'
import type { WorkerProcess } from '../../testing/load/worker-process.ts'

/** The worker of a demo, with the folder of its data. */
export interface DemoService extends WorkerProcess {
  /** Of the store, saga.json and the log, relative to the working directory. */
  readonly folder: string
  readonly definition: MachineDefinition
}

/** The path of a new folder for this run; the caller makes it. */
export function ownFolder(): string {
  const name = `demo-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}-${process.pid}`
  return join(process.cwd(), 'data', name)
}

/** Workers that a demonstration starts, with the arguments of the runtime before the script. */
const ARGUMENTS = {
  node: [],
  kafka: [],
  deno: ['run', '--cached-only', '--allow-net', '--allow-env', '--allow-read', '--allow-write'],
} as const

/** A worker that the demo can start. */
export type DemoWorker = keyof typeof ARGUMENTS

/** A worker over its embedded store, as a process of its own on the runtime that runs the demonstration. */
export async function startDemoService(
  entry: DemoWorker,
  folder: string,
  { path, definition }: Example,
): Promise<DemoService> {
  const script = fileURLToPath(new URL(`../../workers/${entry}.ts`, import.meta.url))
  const [tool, args] = mortal(process.execPath, [...ARGUMENTS[entry], script])
  const worker = await startWorker({
    command: [tool, ...args],
    variables: { CONFIGURATIONS_FILE_PATH: path, DATA_PATH: folder },
    log: join(folder, 'service.log'),
  })
  return { ...worker, folder: relative('', folder), definition }
}
