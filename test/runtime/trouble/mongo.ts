import type { MongoService } from '../../services/mongo.ts'
import { NO_TLS, NOBODY, SECRET, UNKNOWN } from './mistake.ts'
import type { Mistake } from './mistake.ts'
import type { Neighbours } from './neighbours.ts'

const TO = /connect to .*\(127\.0\.0\.1:\d+, batuta\.sagas\)/
const REACH = /are host and port of connectionUri right/
const TLS = /are the TLS settings of connectionUri those of the server\?/

/** Mistakes in the settings of `mongo`. It connects at the start, which refuses most of them. */
export function mongoMistakes(near: () => Neighbours, mongo: MongoService): readonly Mistake[] {
  const store = (connectionUri: string, collectionName = 'sagas') => ({
    type: 'mongo',
    configurations: { connectionUri, collectionName },
  })
  const at = (host: string, more = '') => store(`mongodb://someone:${SECRET}@${host}/batuta${more}`)
  const here = (port: number, more?: string) => at(`127.0.0.1:${port}`, more)
  return [
    {
      what: 'a wrong password',
      store: () => here(mongo.port, '?authMechanism=PLAIN&tls=false'),
      told: [TO, /Authentication failed/, /are user, password and authSource .* right\?/],
      isRefused: true,
    },
    {
      what: 'a password that is not encoded',
      store: () => store(`mongodb://someone:${SECRET}/x@127.0.0.1:${mongo.port}/batuta`),
      told: [/read the connectionUri of/, /unescaped/, /expected "mongodb:\/\/user:password@host/],
      isRefused: true,
    },
    { what: 'nobody there', store: () => here(near().nobody), told: [TO, NOBODY, REACH], isRefused: true },
    {
      what: 'an unknown host',
      store: () => at('nobody.invalid'),
      told: [/connect to .*\(nobody\.invalid:27017, batuta\.sagas\)/, UNKNOWN, REACH],
      isRefused: true,
    },
    {
      what: 'TLS where there is none',
      store: () => here(mongo.port, '?tls=true'),
      told: [TO, NO_TLS, TLS],
      isRefused: true,
    },
    {
      what: 'a certificate of nobody',
      store: () => here(near().untrusted, '?tls=true'),
      told: [TO, /certificate/, TLS],
      isRefused: true,
    },
    {
      what: 'no unique index, and no right to make one',
      store: () => store(mongo.uri(), 'foreign'),
      told: [/create the unique index of .*batuta\.foreign/, /not authorized/, /createIndex\(\{ sagaId: 1 \}/],
      isRefused: true,
    },
    {
      what: 'a user who may only read',
      store: () => store(mongo.uri(), 'readonly'),
      told: [/ask .*\(127\.0\.0\.1:\d+, batuta\.readonly\)/, /not authorized/, /with the role readWrite/],
      isReadable: true,
    },
  ]
}
