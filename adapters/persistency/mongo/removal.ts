import type { AnyBulkWriteOperation, Document } from 'mongodb'
import type { Instant } from '../../../src/engine/saga.ts'
import type { MongoConnection } from './connect.ts'
import { isOurs } from './document.ts'

/**
 * Removes final sagas whose last write was ours. A document that Flow Manager ended may keep our fields, which do not tell when
 * it ended.
 */
export async function removeFinal(connection: MongoConnection, before: Instant, limit: number): Promise<number> {
  let removed = 0
  for (let skip = 0; removed < limit;) {
    const asked = limit - removed
    const found = await finalOnes(connection, before, { skip, limit: asked })
    const gone = await remove(connection, before, found.filter(isOurs))
    removed += gone
    if (found.length < asked) break
    skip += found.length - gone
  }
  return removed
}

/** A saga is never written before its creation, so the index on `created` narrows the search. A held saga may owe what is not due. */
function agedSince(before: Instant): Document {
  const earlier = { $lt: before }
  return {
    isFinal: true,
    'history.due': null,
    'history.owed.0': null,
    'history.created': earlier,
    'history.updated': earlier,
  }
}

interface Part {
  readonly skip: number
  readonly limit: number
}

const PROJECTION = { 'history.writeId': 1, 'history.length': 1, 'history.events': { $slice: -1 } }

function finalOnes({ sagas }: MongoConnection, before: Instant, part: Part): Promise<Document[]> {
  return sagas.find(agedSince(before), { projection: PROJECTION, ...part }).toArray()
}

/** Each deletion repeats its conditions, so that no saga written meanwhile is removed. */
async function remove({ sagas }: MongoConnection, before: Instant, found: readonly Document[]): Promise<number> {
  if (found.length === 0) return 0
  const operations = found.map(({ _id, history: { writeId, length } }): AnyBulkWriteOperation => {
    const asRead = { _id, 'history.writeId': writeId, 'history.events': { $size: length } }
    return { deleteOne: { filter: { ...agedSince(before), ...asRead } } }
  })
  return (await sagas.bulkWrite(operations, { ordered: false })).deletedCount
}
