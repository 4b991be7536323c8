import type { BatutaError } from '../../../src/errors.ts'
import type { Health } from '../../../src/ports/health.ts'
import type { CrudCollection } from './collection.ts'
import { FIELD_NAMES } from './collection-schema.ts'
import type { CrudClient, CrudRequest } from './connect.ts'
import { listIn, unlike } from './failure.ts'
import type { CrudReader } from './read.ts'

/** A write that matches no saga. */
const NOTHING: CrudRequest = {
  action: 'write nothing',
  method: 'PATCH',
  query: { sagaId: 'batuta-probe', _q: JSON.stringify({ 'history.writeId': 'batuta-probe' }) },
  body: '{"$set":{"isFinal":false}}',
}

/**
 * Reads one document of any saga, and writes to none: the service refuses the query where the collection lacks a field, and the
 * write of a client that may only read. It does not tell its indexes; a saga that was found twice does. Its schema is asked for
 * once, and again after a refused write.
 */
export async function probeCollection(
  client: CrudClient,
  reader: CrudReader,
  collection: CrudCollection,
): Promise<Health> {
  const { several } = reader
  if (several !== undefined) return { ok: false, why: several }
  const query = {
    _q: JSON.stringify({ $or: FIELD_NAMES.map((name) => ({ [name]: { $exists: true } })) }),
    _l: 1,
    _p: 'sagaId',
  }
  const request: CrudRequest = { action: 'look for sagas', method: 'GET', query }
  try {
    const { date, value } = await client.read(request)
    listIn(value, request.action)
    if ((await client.json(NOTHING)) !== 0) throw unlike(NOTHING.action, 'is not 0')
    await collection.ask(client)
    if (collection.unusable !== undefined) throw collection.unusable
    // To the second, rounded down: half a second is the best guess.
    return { ok: true, ...(date !== undefined && { time: date + 500 }) }
  } catch (thrown) {
    return { ok: false, why: (thrown as BatutaError).message }
  }
}
