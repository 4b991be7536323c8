import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { isBusy } from './failure.ts'

/** A write costs the disk a sync, and probes are open to everybody: more often than so nobody learns anything new. */
const AT_MOST_EVERY = 1_000

/**
 * Whether the file can be read, and written: on a disk that is full or no longer writable it still reads, and that is an outage
 * all the same (P20). A tool that writes just now is none.
 */
export class Probe {
  readonly #read: StatementSync
  readonly #write: StatementSync
  #written = Number.NEGATIVE_INFINITY

  constructor(db: DatabaseSync) {
    this.#read = db.prepare('SELECT id FROM sagas LIMIT 1')
    this.#write = db.prepare("REPLACE INTO probe (once, asked) VALUES (1, unixepoch('subsec'))")
  }

  /** Throws where it cannot. */
  ask(): void {
    this.#read.get()
    if (performance.now() - this.#written < AT_MOST_EVERY) return
    try {
      this.#write.run()
      this.#written = performance.now()
    } catch (thrown) {
      if (!isBusy(thrown)) throw thrown
    }
  }
}
