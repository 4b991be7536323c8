import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Longest that somebody else is waited for who is writing. */
const BUSY = 2_000

/** Nobody can write to a worker's store while `work` runs: what is acknowledged meanwhile is not durable (I1). */
export async function whileHeld(folder: string, work: () => Promise<void>): Promise<void> {
  const store = new DatabaseSync(join(folder, 'data/batuta.sqlite'), { timeout: BUSY })
  try {
    store.exec('BEGIN IMMEDIATE')
    await work()
  } finally {
    store.close()
  }
}
