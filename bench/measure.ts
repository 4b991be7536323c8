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

const WORKER = fileURLToPath(new URL('../workers/node.ts', import.meta.url))
const BARE = fileURLToPath(new URL('bare.ts', import.meta.url))
let runs = 0

/** One measurement, with a service, a driver and a folder below `root` of its own. */
export async function measure({ what, atOnce }: HttpSubject, window: Window, root: string): Promise<ServiceFigures> {
  const folder = join(root, `${what}-${atOnce}-${++runs}`)
  const driver = await startDriver()
  const store = what === 'bare' ? undefined : what
  const { path } = writeExample({ folder, participantPort: driver.port, store })
  const flags = process.env['BENCH_NODE_FLAGS']?.split(' ') ?? [] // for a profiler
  const worker = await startWorker({
    command: [process.execPath, ...flags, what === 'bare' ? BARE : WORKER],
    variables: { CONFIGURATIONS_FILE_PATH: path, DATA_PATH: folder },
    log: join(folder, 'service.log'),
  })
  try {
    const { url, pid } = worker
    const wire = what === 'bare' ? 'requests' : 'batuta'
    return await driver.drive({ url, pids: [pid], wire, atOnce, ...window })
  } finally {
    driver.close()
    await worker.stop()
  }
}
