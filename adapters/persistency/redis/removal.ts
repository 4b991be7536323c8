import type { Instant } from '../../../src/engine/saga.ts'
import type { RedisKeys } from './keys.ts'
import type { AskScript } from './read.ts'
import { REMOVE } from './scripts/remove.ts'

/** Sagas removed by one script: Redis serves no other client meanwhile. */
const AT_ONCE = 100

/** Removes final sagas that owe nothing and were last written before an instant. */
export class RedisRemoval {
  readonly #keys: RedisKeys
  readonly #ask: AskScript

  constructor(keys: RedisKeys, ask: AskScript) {
    this.#keys = keys
    this.#ask = ask
  }

  async removeFinal(before: Instant, limit: number): Promise<number> {
    const { final, all, counting, sagas, entities } = this.#keys
    for (let removed = 0; ;) {
      const most = Math.min(AT_ONCE, limit - removed)
      const args = [sagas, entities, String(before), String(most)]
      const [seen, gone] = (await this.#ask(REMOVE, [final, all, counting], args)) as number[]
      removed += gone ?? 0
      if (seen !== most || removed === limit) return removed
    }
  }
}
