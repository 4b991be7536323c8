import { openMongo } from '../../adapters/persistency/mongo.ts'
import { connect } from '../../adapters/persistency/mongo/connect.ts'
import type { MongoConnection } from '../../adapters/persistency/mongo/connect.ts'
import { basisOf, encodeSave } from '../../adapters/persistency/mongo/encode.ts'
import type { Basis } from '../../src/ports/persistency.ts'
import type { Runtime } from '../../src/ports/runtime.ts'
import type { Recorded } from './load.ts'
import { at, refused } from './subject.ts'
import type { BareWriter, StoreSubject } from './subject.ts'

/** A server with MongoDB's wire protocol. Bare: one `updateOne` on the last write's id a write. */
export async function openMongoSubject(
  address: string,
  { log }: Runtime,
  recorded: readonly Recorded[],
): Promise<StoreSubject> {
  const uri = address.replace('http:', 'mongodb:')
  const place = (collectionName: string) => ({
    connectionUri: { reveal: () => `${uri}/batuta?directConnection=true` },
    collectionName,
  })
  const store = await openMongo(place('sagas'), log)
  await (await openMongo(place('bare'), log)).close() // its indexes
  const connection = await connect(place('bare'))
  return {
    store,
    bare: bareOf(connection, recorded),
    // The server keeps its data in memory, and becomes slow when that is full.
    empty: async () => {
      for (const name of ['sagas', 'bare']) await connection.db.collection(name).deleteMany({})
    },
    close: async () => void (await Promise.all([store.close(), connection.client.close()])),
  }
}

function bareOf({ sagas }: MongoConnection, recorded: readonly Recorded[]): BareWriter {
  let basis: Basis | 'absent' = 'absent'
  const writes = recorded.map(({ change, next }) => {
    const write = encodeSave({ change, next, basis, wanted: { ofAll: {}, ofNew: {} } })
    if (typeof write === 'number') throw new TypeError('the load is too large')
    basis = basisOf(write.after)
    return write
  })
  return {
    async create(id) {
      const write = at(writes, 0)
      if (write.kind === 'create') await sagas.insertOne({ ...write.document, sagaId: id })
      return undefined
    },
    async write(id, number) {
      const write = at(writes, number)
      const before = at(writes, number - 1).change.writeId
      if (write.kind !== 'update') throw new TypeError('it is no update')
      const { matchedCount } = await sagas.updateOne({ sagaId: id, 'history.writeId': before }, write.update)
      if (matchedCount !== 1) throw refused('updateOne', matchedCount)
      return undefined
    },
  }
}
