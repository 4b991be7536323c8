import { committed, getAll } from './kv.ts'
import type { Kv } from './kv.ts'
import { KEYS } from './keys.ts'

/** Milliseconds between two write probes: a write costs a sync of the disk, and probes are open to everybody. */
const AT_MOST_EVERY = 1_000

/** Probes reads, and writes of keys in every index: a full disk can still be read. */
export class KvProbe {
  readonly #kv: Kv
  #written = Number.NEGATIVE_INFINITY

  constructor(kv: Kv) {
    this.#kv = kv
  }

  /** Throws where the store cannot be read or written. */
  async ask(): Promise<void> {
    await getAll(this.#kv, [KEYS.saga('probe')])
    if (performance.now() - this.#written < AT_MOST_EVERY) return
    await touch(this.#kv)
    this.#written = performance.now()
  }
}

/** Not a saga's id: those are not empty. */
const PROBE = ''

/** Sets and deletes the probe's keys in one commit, so that no reader sees them. */
export async function touch(kv: Kv): Promise<void> {
  const keys = [KEYS.head(PROBE), KEYS.due(0, PROBE), KEYS.final(0, PROBE), KEYS.created(0, PROBE)]
  const atomic = kv.atomic()
  for (const key of keys) atomic.set(key, PROBE)
  for (const key of keys) atomic.delete(key)
  await committed(atomic)
}
