import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Longest wait for another writer. */
const BUSY = 2_000

/** Locks a worker's store against writes while `work` runs: an event that is acknowledged meanwhile is not durable (I1). */
export async function whileHeld(folder: string, work: () => Promise<void>): Promise<void> {
  const store = new DatabaseSync(join(folder, 'data/batuta.sqlite'), { timeout: BUSY })
  try {
    store.exec('BEGIN IMMEDIATE')
    await work()
  } finally {
    store.close()
  }
}
