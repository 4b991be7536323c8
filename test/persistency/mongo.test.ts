import { persistencyContract } from '../../testing/contract/persistency.ts'
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
    // BSON ends at a hundred levels, its texts are UTF-8, and its keys end with U+0000.
    gaps: { depth: 90, loneSurrogates: true, nulInKeys: true },
  })
})
