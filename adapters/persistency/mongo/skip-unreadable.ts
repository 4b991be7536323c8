import type { Document } from 'mongodb'
import type { Decoded } from '../../../src/codec/message.ts'
import type { PassOver } from '../../../src/ports/persistency.ts'
import type { Log } from '../../../src/ports/runtime.ts'
import type { MongoConnection } from './connect.ts'
import { storedIn } from './document.ts'
import type { MongoDocument } from './document.ts'

/** Beginning of the reason for every document that is not a saga. */
const DAMAGED = 'its document is not a saga'
/** Most ids remembered as logged; with more, the oldest are logged again. */
const MOST = 1_000

/** Reads documents of a page: one that is not a saga is skipped and reported once. */
export class SkipUnreadable {
  readonly #connection: MongoConnection
  readonly #log: Pick<Log, 'write'>
  readonly #passOver: PassOver | undefined
  readonly #named = new Set<string>()

  /** Reports to `passOver` where given, else to the log. */
  constructor(connection: MongoConnection, log: Pick<Log, 'write'>, passOver?: PassOver) {
    this.#connection = connection
    this.#log = log
    this.#passOver = passOver
  }

  /** The reason where it is not a saga. */
  read(document: Document): Decoded<MongoDocument> {
    const stored = storedIn(document)
    if (stored.ok) return stored
    const why = `${DAMAGED}: ${stored.why}`
    this.#name(document, why)
    return { ok: false, why }
  }

  #name({ sagaId }: Document, why: string): void {
    const id = JSON.stringify(sagaId) ?? 'without an id'
    if (this.#passOver !== undefined) return this.#passOver(typeof sagaId === 'string' ? sagaId : id, why)
    if (this.#named.has(id)) return
    const [oldest] = this.#named
    if (oldest !== undefined && this.#named.size >= MOST) this.#named.delete(oldest)
    this.#named.add(id)
    this.#log.write('saga.unreadable', {
      store: 'mongo',
      address: this.#connection.place.shown,
      saga: id,
      why,
    })
  }
}
