import { encodeDocument } from '../../../src/codec/encode-document.ts'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { decodeHistory as historyOf } from '../../../src/codec/history-row.ts'
import type { EventId, SagaId } from '../../../src/engine/saga.ts'
import { unreadableSaga } from '../../../src/errors.ts'
import type { Loaded, PassOver } from '../../../src/ports/persistency.ts'
import { isKey, KEYS } from './keys.ts'
import { getAll, isThere, listed } from './kv.ts'
import type { Kv } from './kv.ts'
import { decodeHistory, loadedOf } from './rows.ts'

/** Reads sagas by id. */
export class KvReader {
  readonly #kv: Kv
  readonly #passOver: PassOver

  constructor(kv: Kv, passOver: PassOver) {
    this.#kv = kv
    this.#passOver = passOver
  }

  async head(id: SagaId): Promise<Loaded | undefined> {
    if (!isKey(KEYS.metadata(id))) return undefined
    const [head, metadata] = await getAll(this.#kv, [KEYS.head(id), KEYS.metadata(id)], 2)
    const read = loadedOf(id, head, metadata)
    if (read === undefined || read.ok) return read?.value
    this.#passOver(id, read.why)
    throw unreadableSaga('deno-kv', id, read.why)
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    const key = KEYS.event(id, event, label)
    if (!isKey(key)) return false
    const [entry] = await getAll(this.#kv, [key])
    return isThere(entry)
  }

  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const loaded = await this.head(id)
    if (loaded === undefined) return undefined
    // The head is read first; later steps are left out.
    const history = await listed(this.#kv, { prefix: KEYS.history(id) }, loaded.saga.length)
    try {
      return encodeDocument(loaded.saga, historyOf(history.map((entry) => decodeHistory(entry))))
    } catch {
      throw unreadableSaga('deno-kv', id, 'its history is damaged')
    }
  }
}
