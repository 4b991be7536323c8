import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { startWorker } from '../../../testing/load/worker-process.ts'
import type { WorkerProcess } from '../../../testing/load/worker-process.ts'

/** Options of `startSdkService`. */
export interface SdkServiceOptions {
  /** A file of `bench/peers/services/`, without its ending. */
  readonly name: string
  /** Folder with the installed packages. */
  readonly packages: string
  /** Folder for its log. */
  readonly folder: string
  readonly flags: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  /** What it reads from its variable `PEER`. */
  readonly settings: object
}

/** Starts the service of a peer's SDK: its file is copied beside the packages, where its imports are found. */
export function startSdkService(options: SdkServiceOptions): Promise<WorkerProcess> {
  const { name, packages, folder, flags, variables, settings } = options
  const file = join(packages, `${name}.mjs`)
  copyFileSync(fileURLToPath(new URL(`../services/${name}.mjs`, import.meta.url)), file)
  return startWorker({
    command: [process.execPath, ...flags, file],
    variables: { ...variables, PEER: JSON.stringify(settings) },
    log: join(folder, `${name}.log`),
  })
}
