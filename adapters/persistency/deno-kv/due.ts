import { dueOrderOf } from '../../../src/codec/due-order.ts'
import type { Instant, SagaId } from '../../../src/engine/saga.ts'
import type { DuePlace, Loaded, PassOver } from '../../../src/ports/persistency.ts'
import { afterKey, idOf, KEYS, until } from './keys.ts'
import { getAll, listed } from './kv.ts'
import type { Kv } from './kv.ts'
import { loadedOf } from './rows.ts'

/** Finds due sagas, earliest first. Unreadable ones are reported to `passOver` and not counted. */
export class KvDue {
  readonly #kv: Kv
  readonly #passOver: PassOver

  constructor(kv: Kv, passOver: PassOver) {
    this.#kv = kv
    this.#passOver = passOver
  }

  async find(now: Instant, limit: number, after?: DuePlace): Promise<readonly Loaded[]> {
    const found: Loaded[] = []
    const all = until('due', now, true)
    let selector = after === undefined ? all : afterKey(KEYS.due(after.due, after.id), all)
    while (found.length < limit) {
      const asked = limit - found.length
      const keys = (await listed(this.#kv, selector, asked)).map(({ key }) => key)
      found.push(...(await this.#readable(keys.map(idOf), now)))
      const last = keys.at(-1)
      if (last === undefined || keys.length < asked) break
      selector = afterKey(last, selector)
    }
    return found
  }

  async #readable(ids: readonly SagaId[], now: Instant): Promise<Loaded[]> {
    const keys = ids.flatMap((id) => [KEYS.head(id), KEYS.metadata(id)])
    const entries = await getAll(this.#kv, keys, 2)
    return ids.flatMap((id, at) => {
      const read = loadedOf(id, entries[2 * at], entries[2 * at + 1])
      if (read?.ok === false) this.#passOver(id, read.why)
      // Some may have been written since the index was read.
      return read?.ok === true && (dueOrderOf(read.value.saga) ?? Infinity) <= now ? [read.value] : []
    })
  }
}
