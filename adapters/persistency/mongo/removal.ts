import type { Instant } from '../../../src/engine/saga.ts'
import type { Connection } from './connect.ts'

/** Takes away what nobody needs any more. Of the documents of the reference only those that we have moved on. */
export async function removeFinal({ sagas }: Connection, before: Instant, limit: number): Promise<number> {
  const earlier = { $lt: before }
  // A saga is never written before it was created, so the index on `created` narrows the look.
  const old = { isFinal: true, 'history.due': null, 'history.created': earlier, 'history.updated': earlier }
  const found = await sagas.find(old, { projection: { _id: 1 }, limit }).toArray()
  if (found.length === 0) return 0
  // Looked at once more: nothing that was written in between may go.
  const { deletedCount } = await sagas.deleteMany({ ...old, _id: { $in: found.map(({ _id }) => _id) } })
  return deletedCount
}
