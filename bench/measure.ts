import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { writeExample } from '../testing/load/example.ts'
import { startWorker } from '../testing/load/worker-process.ts'
import { startDriver } from './drive.ts'
import type { ServiceFigures } from './drive.ts'

export interface Window {
  /** Milliseconds. */
  readonly warmUp: number
  readonly measure: number
}

export interface HttpSubject {
  readonly what: 'memory' | 'sqlite' | 'bare'
  readonly atOnce: number
}

/** Options of `measure`. */
export interface MeasureOptions {
  readonly window: Window
  /** A folder for this measurement's own folder. */
  readonly root: string
  /** Root of the clone whose service is measured; without it, this one. */
  readonly clone?: string
  /** Flags of the service's Node, as for a profiler. */
  readonly flags?: readonly string[]
  readonly variables?: Readonly<Record<string, string>>
  /** Called when the service has started. */
  readonly onStart?: (pid: number) => void
}

const HERE = fileURLToPath(new URL('..', import.meta.url))
const BARE = fileURLToPath(new URL('bare.ts', import.meta.url))
let runs = 0

/** One measurement, with a service, a driver and a folder below `root` of its own. */
export async function measure({ what, atOnce }: HttpSubject, options: MeasureOptions): Promise<ServiceFigures> {
  const { window, root, clone = HERE, flags = [], variables, onStart } = options
  const folder = join(root, `${what}-${atOnce}-${++runs}`)
  const driver = await startDriver()
  const store = what === 'bare' ? undefined : what
  const { path } = writeExample({ folder, participantPort: driver.port, store })
  const worker = await startWorker({
    command: [process.execPath, ...flags, what === 'bare' ? BARE : join(clone, 'workers/node.ts')],
    variables: { CONFIGURATIONS_FILE_PATH: path, DATA_PATH: folder, ...variables },
    log: join(folder, 'service.log'),
  })
  try {
    const { url, pid } = worker
    onStart?.(pid)
    const wire = what === 'bare' ? 'requests' : 'batuta'
    return await driver.drive({ url, pids: [pid], wire, atOnce, ...window })
  } finally {
    driver.close()
    await worker.stop()
  }
}
