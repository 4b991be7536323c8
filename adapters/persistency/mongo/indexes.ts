import type { Collection, IndexDescriptionInfo } from 'mongodb'
import { BatutaError, reasonOf } from '../../../src/errors.ts'
import type { Log } from '../../../src/ports/runtime.ts'
import type { MongoConnection } from './connect.ts'
import { failure, isNoSuchCollection, redacted, startFailure } from './failure.ts'

/** For the sweep and for lists, which visit every saga without them. */
const HELPFUL = [
  { key: { 'history.due': 1 }, name: 'batuta_due' },
  { key: { 'history.created': -1, sagaId: 1 }, name: 'batuta_created' },
] as const

/**
 * Requires the unique index, without which two creations of one saga would both win, and creates it where the user may. Its own
 * name keeps it apart from one that is not unique.
 */
export async function ensureIndexes(connection: MongoConnection, log: Pick<Log, 'write'>): Promise<void> {
  const { sagas, place } = connection
  const known = await indexesOf(connection)
  if (known?.some(isUniqueId) !== true) await createUnique(connection)
  for (const { key, name } of HELPFUL) {
    if (known?.some((index) => hasKeys(index, key)) === true) continue
    try {
      await sagas.createIndex(key, { name })
    } catch (thrown) {
      const why = redacted(reasonOf(thrown), place.secrets)
      log.write('store.no-index', { store: 'mongo', address: place.shown, index: JSON.stringify(key), why })
    }
  }
}

/** `undefined` where the user may not list them. */
async function indexesOf({ sagas, place }: MongoConnection): Promise<readonly IndexDescriptionInfo[] | undefined> {
  try {
    return await sagas.indexes()
  } catch (thrown) {
    if (isNoSuchCollection(thrown)) return []
    const refused = startFailure('look at the indexes of', place, thrown)
    if (refused.code === 'store-unusable') return undefined
    throw refused
  }
}

async function createUnique({ sagas, place }: MongoConnection): Promise<void> {
  try {
    await sagas.createIndex({ sagaId: 1 }, { unique: true, name: 'batuta_saga' })
  } catch (thrown) {
    const { message, cause } = failure({ action: 'create the unique index of', place }, thrown, 'store-unusable')
    throw new BatutaError('store-unusable', `${message}; ${adviceFor(sagas)}`, cause)
  }
}

function adviceFor({ collectionName }: Collection): string {
  const command = `db.getCollection(${JSON.stringify(collectionName)}).createIndex({ sagaId: 1 }, { unique: true })`
  return `found no unique index on sagaId, which this store needs: have an administrator run ${command}`
}

function isUniqueId(index: IndexDescriptionInfo): boolean {
  return index.unique === true && index['partialFilterExpression'] === undefined && hasKeys(index, { sagaId: 1 })
}

function hasKeys(index: IndexDescriptionInfo, key: object): boolean {
  return JSON.stringify(Object.entries(index.key)) === JSON.stringify(Object.entries(key))
}
