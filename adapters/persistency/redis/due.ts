import type { Duration, Instant } from '../../../src/engine/saga.ts'
import type { DuePlace, Loaded, PassOver } from '../../../src/ports/persistency.ts'
import { idOf, memberOf } from './keys.ts'
import type { RedisKeys } from './keys.ts'
import { loadedOf, ROOM } from './read.ts'
import type { AskScript, HeadFields } from './read.ts'
import { DUE } from './scripts/read.ts'

/** The parts of `RedisDue`. */
export interface RedisDueParts {
  readonly keys: RedisKeys
  readonly ask: AskScript
  /** Milliseconds after which final sagas expire. */
  readonly keepFinal: Duration | undefined
  readonly passOver: PassOver
}

type DuePage = readonly [more: string, rows: readonly (readonly [member: string, row: HeadFields | null])[]]

/** Finds due sagas, earliest first. */
export class RedisDue {
  readonly #parts: RedisDueParts

  constructor(parts: RedisDueParts) {
    this.#parts = parts
  }

  /** One round trip unless the sagas are large. Expired sagas leave the indexes meanwhile. */
  async find(now: Instant, limit: number, after?: DuePlace): Promise<Loaded[]> {
    const { keys, ask, keepFinal } = this.#parts
    const { sagas, entities, due, final, all, counting } = keys
    const keep = keepFinal === undefined ? '' : String(keepFinal)
    const place = after === undefined ? ['', ''] : [String(after.due), memberOf(after.id)]
    const found: Loaded[] = []
    for (let seen = 0; found.length < limit;) {
      const asked = limit - found.length
      const args = [sagas, String(now), String(seen), String(asked), String(ROOM), entities, keep, ...place]
      const [more, rows] = (await ask(DUE, [due, final, all, counting], args)) as DuePage
      for (const [member, row] of rows) found.push(...this.#readable(member, row))
      if (more === '' && rows.length < asked) break
      seen += rows.length
    }
    return found
  }

  /** Skips an unreadable saga and reports it. */
  #readable(member: string, row: HeadFields | null): Loaded[] {
    const id = idOf(member)
    const read = loadedOf(id, row ?? [])
    if (read.ok) return [read.value]
    this.#parts.passOver(id, read.why)
    return []
  }
}
