import { expect, test } from 'vitest'
import { saidBy } from '../../testing/contract/capabilities.ts'
import { persistencyContract } from '../../testing/contract/persistency.ts'
import { STORES } from '../../testing/stores.ts'
import { describeMongo } from '../services/mongo.ts'

describeMongo('mongo', (mongo) => {
  let made = 0
  const open = () => mongo.open(`sagas-${made}`)
  persistencyContract('mongo', {
    open: () => {
      made++
      return open()
    },
    reopen: open,
    // It copies a document several times for each update.
    longest: 1_500,
    gaps: STORES.mongo.gaps,
  })

  test('P17 it can what the docs say that it can', async () => {
    const store = await open()
    expect(saidBy(store.can)).toEqual(STORES.mongo.can)
    await store.close()
  })
})
