import type { Instant, SagaId } from '../../../src/engine/saga.ts'
import type { DuePlace, Loaded, PassOver } from '../../../src/ports/persistency.ts'
import { afterKey, idOf, KEYS, until } from './keys.ts'
import { getAll, isThere, listed } from './kv.ts'
import type { Kv } from './kv.ts'
import { dueIn, loadedOf } from './rows.ts'

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
      const head = entries[2 * at]
      const read = loadedOf(id, head, entries[2 * at + 1])
      if (read?.ok === false) this.#passOver(id, read.why)
      // Some may have been written since the index was read.
      return read?.ok === true && isThere(head) && (dueIn(head) ?? Infinity) <= now ? [read.value] : []
    })
  }
}
