import type { Document, FindOptions } from 'mongodb'
import { afterDuePlace } from '../../../src/codec/after-due-place.ts'
import type { DueSaga } from '../../../src/codec/after-due-place.ts'
import type { Instant } from '../../../src/engine/saga.ts'
import type { DuePlace, Loaded } from '../../../src/ports/persistency.ts'
import type { MongoConnection } from './connect.ts'
import { isOurs } from './document.ts'
import type { MongoDocument } from './document.ts'
import { HEAD } from './projections.ts'
import { loaded } from './read.ts'
import type { MongoReader } from './read.ts'
import type { SkipUnreadable } from './skip-unreadable.ts'

/** The parts of `MongoDue`. */
export interface MongoDueParts {
  readonly connection: MongoConnection
  readonly reader: MongoReader
  readonly many: SkipUnreadable
}

/** Finds due sagas, earliest first. Unreadable ones are skipped and not counted. */
export class MongoDue {
  readonly #parts: MongoDueParts

  constructor(parts: MongoDueParts) {
    this.#parts = parts
  }

  async find(now: Instant, limit: number, after?: DuePlace): Promise<readonly Loaded[]> {
    const found: MongoDocument[] = []
    const between = { $lte: now, ...(after !== undefined && { $gte: after.due }) }
    for (let skip = 0, isAll = false; ;) {
      const left: readonly MongoDocument[] | undefined = afterDuePlace(found, after, { of: dueOf, isAll })
      if (left !== undefined && (isAll || left.length >= limit)) return left.slice(0, limit).map(loaded)
      const asked: number = limit - (left?.length ?? 0)
      const heads = await this.#page(between, skip, asked)
      const read = await Promise.all(heads.map((head) => this.#read(head)))
      found.push(...read.filter((one) => one !== undefined))
      isAll = heads.length < asked
      skip += heads.length
    }
  }

  #page(between: Document, skip: number, limit: number): Promise<Document[]> {
    const { sagas, durable } = this.#parts.connection
    const options: FindOptions = { projection: HEAD, sort: { 'history.due': 1 }, skip, limit, ...durable.many() }
    return sagas.find({ 'history.due': between }, options).toArray()
  }

  /** A document that Flow Manager wrote last is read whole: only its lists tell its length. */
  async #read(head: Document): Promise<MongoDocument | undefined> {
    const { reader, many } = this.#parts
    const whole = isOurs(head) ? head : await reader.whole(head['sagaId'])
    const stored = whole && many.read(whole)
    return stored?.ok === true ? stored.value : undefined
  }
}

/** The place as it is stored: an earlier version keeps that of a resting saga among the owing ones. */
function dueOf({ sagaId, history }: MongoDocument): DueSaga {
  return { id: sagaId, due: history.due }
}
