import type { Document } from 'mongodb'
import type { StoredDocument } from '../../../src/codec/stored-document.ts'
import type { PassOver } from '../../../src/ports/persistency.ts'
import type { Log } from '../../../src/ports/runtime.ts'
import type { MongoConnection } from './connect.ts'
import { storedIn } from './document.ts'

/** Whatever a document lacks to be one. */
export const DAMAGED = 'its document is not a saga'
/** Ids that are remembered as named; with more, the oldest are named once more. */
const MOST = 1_000

/** Reads where many are read at once: what is no saga there must not hold up the others, and is named once. */
export class SkipUnreadable {
  readonly #connection: MongoConnection
  readonly #log: Pick<Log, 'write'>
  readonly #passOver: PassOver | undefined
  readonly #named = new Set<string>()

  /** `passOver` is told where it is given, else the log. */
  constructor(connection: MongoConnection, log: Pick<Log, 'write'>, passOver?: PassOver) {
    this.#connection = connection
    this.#log = log
    this.#passOver = passOver
  }

  /** Nothing where it is no saga. */
  read(document: Document): StoredDocument | undefined {
    const stored = storedIn(document)
    if (stored === undefined) this.#name(document)
    return stored
  }

  #name({ sagaId }: Document): void {
    const id = JSON.stringify(sagaId) ?? 'without an id'
    if (this.#passOver !== undefined) return this.#passOver(typeof sagaId === 'string' ? sagaId : id, DAMAGED)
    if (this.#named.has(id)) return
    const [oldest] = this.#named
    if (oldest !== undefined && this.#named.size >= MOST) this.#named.delete(oldest)
    this.#named.add(id)
    this.#log.write('saga.unreadable', {
      store: 'mongo',
      address: this.#connection.place.shown,
      saga: id,
      why: DAMAGED,
    })
  }
}
