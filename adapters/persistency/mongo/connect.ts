import { MongoClient } from 'mongodb'
import type { Collection, Db, MongoClientOptions, ReadConcernLike } from 'mongodb'
import { DEFAULTS } from '../../../src/defaults.ts'
import { BatutaError } from '../../../src/errors.ts'
import { failure, startFailure } from './failure.ts'
import type { ServerLabel } from './failure.ts'
import { serverLabelOf, secretsOf } from './server-label.ts'
import { HeartbeatWatchdog } from './heartbeat-watchdog.ts'

/** `persistencyManagement.configurations` (C2.4), the secret still sealed. */
export interface MongoSettings {
  readonly connectionUri: { reveal(): string }
  readonly collectionName: string
}

/** Time-outs and a listener for tests and benchmarks. */
export interface MongoTuning {
  /** Milliseconds until a connection stands, and until an answer is there. */
  readonly connect?: number | undefined
  readonly answer?: number | undefined
  /** Called with the name and content of every command that is sent. */
  readonly onCommand?: ((name: string, command: Readonly<Record<string, unknown>>) => void) | undefined
}

/** A connected client and what the parts of the store need. */
export interface MongoConnection {
  readonly client: MongoClient
  readonly db: Db
  readonly sagas: Collection
  readonly place: ServerLabel
  readonly durable: DurableReads
  /** Milliseconds within which every call ends. */
  readonly longest: number
  /** The server's part of these. */
  readonly answer: number
  readonly close: () => Promise<void>
}

/**
 * Options of reads that see only what cannot be rolled back (P9). Evaluated for each read, since a deployment may be converted
 * while we run.
 */
export interface DurableReads {
  /** For one saga by its id. */
  one(): ReadOptions
  /** For several sagas, whose bases the next writes prove. */
  many(): ReadOptions
}

interface ReadOptions {
  readonly readConcern?: ReadConcernLike
  readonly maxTimeMS?: number
}

/** Connects. Throws with advice on the connection string, the server or the user. */
export async function connect(settings: MongoSettings, tuning: MongoTuning = {}): Promise<MongoConnection> {
  const { connect = DEFAULTS.connect, answer = DEFAULTS.answer, onCommand } = tuning
  const uri = settings.connectionUri.reveal()
  const secrets = secretsOf(uri)
  const client = clientOf(uri, secrets, { ...options(connect, answer), monitorCommands: onCommand !== undefined })
  if (onCommand !== undefined)
    client.on('commandStarted', ({ commandName, command }) => onCommand(commandName, command))
  const db = client.db()
  const place = serverLabelOf(client, `${db.databaseName}.${settings.collectionName}`, secrets)
  const durable = durability(client, answer)
  const pulse = new HeartbeatWatchdog(client, connect)
  try {
    await client.connect()
  } catch (thrown) {
    await pulse.close()
    throw startFailure('connect to', place, thrown)
  }
  const sagas = db.collection(settings.collectionName)
  // Server selection, a connection, then the server's own time.
  const longest = 2 * connect + SOON + answer
  return { client, db, sagas, place, durable, longest, answer, close: () => pulse.close() }
}

function clientOf(uri: string, secrets: readonly string[], options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(uri, options)
  } catch (thrown) {
    const error = failure(
      { action: 'read the connectionUri of', place: { shown: 'not connected', secrets } },
      thrown,
      'store-unusable',
    )
    throw new BatutaError(error.code, `${error.message}; ${EXPECTED}`, error.cause)
  }
}

const EXPECTED =
  'expected "mongodb://user:password@host:port/database", in user and password %XX for / : @ % and blanks'

const SOON = 500

/** Options that override the connection string: promises and deadlines depend on them. */
function options(connect: number, answer: number): MongoClientOptions {
  return {
    // `timeoutMS` has no effect in driver 7.9. Selection outlasts a connection attempt, so that its error names the
    // reason.
    connectTimeoutMS: connect,
    serverSelectionTimeoutMS: connect + SOON / 2,
    waitQueueTimeoutMS: connect,
    socketTimeoutMS: answer,
    // The caller repeats a write, and knows when to stop (P6).
    retryWrites: false,
    retryReads: false,
    // As single options: inside `writeConcern` they would lose against the connection string.
    w: 'majority',
    journal: true,
    wtimeoutMS: 0,
    readPreference: 'primary',
    ignoreUndefined: true,
    promoteLongs: true,
    promoteValues: true,
  }
}

/**
 * For a replica set or a router: linearizable, which the primary answers only once a majority confirms it as primary. A
 * standalone server has no such level; its acknowledged writes are in its journal and cannot be rolled back.
 */
function durability(client: MongoClient, answer: number): DurableReads {
  let isReplicated = false
  client.on('serverDescriptionChanged', ({ newDescription: { type } }) => {
    if (type !== 'Unknown') isReplicated = type !== 'Standalone'
  })
  const linearizable = { readConcern: { level: 'linearizable' as const }, maxTimeMS: answer }
  const majority = { readConcern: { level: 'majority' as const } }
  return { one: () => (isReplicated ? linearizable : {}), many: () => (isReplicated ? majority : {}) }
}
