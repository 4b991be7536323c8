import { ObjectId } from 'mongodb'
import type { Collection } from 'mongodb'
import type { RecordStore, StoredRecord } from '../../../src/ports/persistency.ts'
import type { MongoConnection } from './connect.ts'
import { isDuplicateKey } from './failure.ts'

/** A record as it is stored; its key is the `_id`. */
interface RecordDocument {
  readonly _id: string
  readonly version: string
  readonly text: string
}

/**
 * The service's own records, in the collection `<collectionName>_batuta`, which the first write creates: Flow Manager's collection
 * holds sagas alone.
 */
export class MongoRecords implements RecordStore {
  readonly #records: Collection<RecordDocument>
  readonly #durable: MongoConnection['durable']

  constructor({ db, sagas, durable }: MongoConnection) {
    this.#records = db.collection(`${sagas.collectionName}_batuta`)
    this.#durable = durable
  }

  async read(key: string): Promise<StoredRecord | undefined> {
    const found = await this.#records.findOne({ _id: key }, this.#durable.one())
    return found === null ? undefined : { text: found.text, version: found.version }
  }

  async write(key: string, text: string, before: string | 'absent'): Promise<StoredRecord | undefined> {
    const version = new ObjectId().toHexString()
    if (before === 'absent') return (await this.#create({ _id: key, version, text })) ? { text, version } : undefined
    const { matchedCount } = await this.#records.updateOne({ _id: key, version: before }, { $set: { version, text } })
    return matchedCount === 0 ? undefined : { text, version }
  }

  async keys(prefix: string, limit: number, after = ''): Promise<readonly string[]> {
    const filter = { _id: { $gte: prefix, $lt: `${prefix}\u007f`, $gt: after } }
    const options = { projection: { _id: 1 }, sort: { _id: 1 }, limit, ...this.#durable.many() } as const
    return (await this.#records.find(filter, options).toArray()).map(({ _id }) => _id)
  }

  async remove(key: string): Promise<void> {
    await this.#records.deleteOne({ _id: key })
  }

  /** False where the key exists. */
  async #create(record: RecordDocument): Promise<boolean> {
    try {
      await this.#records.insertOne(record)
      return true
    } catch (thrown) {
      if (isDuplicateKey(thrown)) return false
      throw thrown
    }
  }
}
