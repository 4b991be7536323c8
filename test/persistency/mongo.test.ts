import { MongoClient } from 'mongodb'
import { afterAll, expect, test } from 'vitest'
import { saidBy } from '../../testing/contract/capabilities.ts'
import { persistencyContract } from '../../testing/contract/persistency.ts'
import { STORES } from '../../testing/stores.ts'
import { describeMongo } from '../services/mongo.ts'

describeMongo('mongo', (mongo) => {
  let made = 0
  let client: MongoClient | undefined
  afterAll(() => client?.close())
  const open = () => mongo.open(`sagas-${made}`)
  persistencyContract('mongo', {
    open: () => {
      made++
      return open()
    },
    reopen: open,
    spoil: async (id, how) => {
      client ??= await new MongoClient(mongo.uri()).connect()
      const sagas = client.db().collection(`sagas-${made}`)
      const sound = await sagas.findOne({ sagaId: id })
      const states = how === 'cut' ? { currentState: 7 } : { 'history.events': { no: 'list' } }
      await sagas.updateOne({ sagaId: id }, { $set: states })
      return async () => void (await sagas.replaceOne({ sagaId: id }, sound ?? {}))
    },
    // The stand-in copies a document several times for each update.
    longest: 1_500,
    gaps: STORES.mongo.gaps,
  })

  test('P17 its capabilities are those in the docs', async () => {
    const store = await open()
    expect(saidBy(store.can)).toEqual(STORES.mongo.can)
    await store.close()
  })
})
