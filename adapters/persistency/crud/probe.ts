import type { BatutaError } from '../../../src/errors.ts'
import type { Health } from '../../../src/ports/health.ts'
import type { CrudClient, CrudRequest } from './connect.ts'
import { listIn, unlike } from './failure.ts'
import type { CrudReader } from './read.ts'

/** Every field that the store writes (C5). */
const FIELDS = [
  'sagaId',
  'associatedEntityId',
  'currentState',
  'latestEvent',
  'isFinal',
  'businessStateId',
  'businessStateDescription',
  'metadata',
  'history',
]
/** A write that matches no saga. */
const NOTHING: CrudRequest = {
  action: 'write nothing',
  method: 'PATCH',
  query: { sagaId: 'batuta-probe', _q: JSON.stringify({ 'history.writeId': 'batuta-probe' }) },
  body: '{"$set":{"isFinal":false}}',
}

/**
 * Reads one document of any saga, and writes to none: the service refuses the query where the collection lacks a field, and the
 * write of a client that may only read. It does not tell its indexes; a saga that was found twice does.
 */
export async function probeCollection(client: CrudClient, reader: CrudReader): Promise<Health> {
  const { several } = reader
  if (several !== undefined) return { ok: false, why: several }
  const query = {
    _q: JSON.stringify({ $or: FIELDS.map((name) => ({ [name]: { $exists: true } })) }),
    _l: 1,
    _p: 'sagaId',
  }
  const request: CrudRequest = { action: 'look for sagas', method: 'GET', query }
  try {
    const { date, value } = await client.read(request)
    listIn(value, request.action)
    if ((await client.json(NOTHING)) !== 0) throw unlike(NOTHING.action, 'is not 0')
    // To the second, rounded down: half a second is the best guess.
    return { ok: true, ...(date !== undefined && { time: date + 500 }) }
  } catch (thrown) {
    return { ok: false, why: (thrown as BatutaError).message }
  }
}
