import { afterDuePlace } from '../../../src/codec/after-due-place.ts'
import type { DueSaga } from '../../../src/codec/after-due-place.ts'
import type { Instant, SagaId } from '../../../src/engine/saga.ts'
import type { DuePlace } from '../../../src/ports/persistency.ts'
import { decode } from './document.ts'
import type { CrudDocument } from './document.ts'
import { PAGE } from './read.ts'
import type { CrudReader } from './read.ts'

/** Finds due sagas, earliest first, whole (P17). */
export class CrudDue {
  readonly #reader: CrudReader

  constructor(reader: CrudReader) {
    this.#reader = reader
  }

  async find(now: Instant, limit: number, after?: DuePlace): Promise<readonly CrudDocument[]> {
    const found = new Map<SagaId, CrudDocument>()
    const between = { $lte: now, ...(after !== undefined && { $gte: after.due }) }
    const query = { _q: JSON.stringify({ 'history.due': between }), _s: 'history.due' }
    for (let skip = 0, isAll = false; ;) {
      const left = afterDuePlace([...found.values()], after, { of: dueOf, isAll })
      if (left !== undefined && (isAll || left.length >= limit)) return left.slice(0, limit)
      const asked = Math.min(PAGE, limit - (left?.length ?? 0))
      const part = await this.#reader.some('find what is due', { ...query, _sk: skip }, asked)
      // A document that is not a saga is skipped and not counted: its debts are unknown.
      for (const value of part.found) {
        const kept = decode(value)
        if (kept.ok) found.set(kept.value.document.sagaId, kept.value)
        else this.#reader.damaged(value, kept.why)
      }
      skip += part.found.length
      isAll = part.isLast
    }
  }
}

function dueOf({ document: { sagaId, history } }: CrudDocument): DueSaga {
  return { id: sagaId, due: history.due }
}
