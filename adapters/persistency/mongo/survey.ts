import type { SurveyedDocument } from '../../../src/codec/stored-document.ts'
import { connect } from './connect.ts'
import type { MongoSettings } from './connect.ts'
import { storedIn } from './document.ts'

/** Documents that the driver reads at once. */
const BATCH = 500

/** Every document of the collection, one after the other; writes nothing, and makes no index. Rejects with a `BatutaError`. */
export async function* surveyMongo(settings: MongoSettings): AsyncGenerator<SurveyedDocument> {
  const connection = await connect(settings)
  try {
    for await (const document of connection.sagas.find({}, { batchSize: BATCH, projection: { _id: 0 } })) {
      const { sagaId } = document as { sagaId?: unknown }
      yield { id: typeof sagaId === 'string' ? sagaId : undefined, read: storedIn(document) }
    }
  } finally {
    await connection.close()
  }
}
