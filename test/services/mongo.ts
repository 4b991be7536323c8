import { afterAll, beforeAll, describe } from 'vitest'
import { openMongo } from '../../adapters/persistency/mongo.ts'
import type { MongoTuning } from '../../adapters/persistency/mongo.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { missing, startMongod } from '../../testing/mongod/mongod.ts'
import type { Mongod, MongodOptions } from '../../testing/mongod/mongod.ts'

const DATABASE = 'batuta'
const QUIET = { write: () => undefined }

/** The server of one test file. */
export interface MongoService {
  readonly port: number
  /** A connection string to it, or to what stands before it. */
  uri(port?: number): string
  /** A store in a collection of the server. */
  open(collection: string, options?: MongoTuning & { readonly port?: number }): Promise<Persistency>
}

/** A suite with a server of its own, left out where there can be none; in the gate it fails then. */
export function describeMongo(name: string, suite: (mongo: MongoService) => void, options: MongodOptions = {}): void {
  const lacking = missing()
  if (lacking === undefined) return void describe(name, () => suite(service(options)))
  process.stderr.write(`left out: ${name}: ${lacking}\n`)
  describe.skipIf(process.env['CI'] !== 'true')(name, (it) =>
    it('needs a MongoDB-compatible server', () => {
      throw new Error(lacking)
    }),
  )
}

/** Database and collection as somebody else's client sees them. */
export function settingsOf(uri: string, collectionName: string) {
  return { connectionUri: { reveal: () => uri }, collectionName }
}

function service(options: MongodOptions): MongoService {
  let server: Mongod | undefined
  // The first time it is built; and it is slow until it is warm.
  beforeAll(async () => {
    server = await startMongod(options)
    await (await openMongo(settingsOf(uri(), 'warm'), QUIET, { connect: 30_000 })).close()
  }, 180_000)
  afterAll(() => server?.close())
  const portOf = () => server?.port ?? 0
  const uri = (port = portOf()) => `mongodb://127.0.0.1:${port}/${DATABASE}?directConnection=true`
  return {
    get port() {
      return portOf()
    },
    uri,
    open: (collection, { port, ...tuning } = {}) => openMongo(settingsOf(uri(port), collection), QUIET, tuning),
  }
}
