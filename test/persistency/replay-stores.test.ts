import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { MongoClient } from 'mongodb'
import { afterAll, describe, expect, test } from 'vitest'
import { redisPersistency } from '../../adapters/persistency/redis.ts'
import type { ReplayReport } from '../../cli/commands/replay/replay-tally.ts'
import { Secret } from '../../src/config/secret.ts'
import { birth, fresh, step } from '../../testing/contract/build.ts'
import { describeMongo } from '../services/mongo.ts'
import { describeOnRedis } from '../services/redis-suite.ts'
import { reservation } from '../services/reservation.ts'
import { runCommand } from '../unit/cli/service.ts'
import { upsert } from './crud-reference-scene.ts'
import { ownServiceForTest } from './crud-scene.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(persistencyManagement: object, machineDefinition?: object): string {
  const path = join(folder, `${fresh('saga')}.json`)
  const edited = reservation(1, (saga) => void Object.assign(saga, { persistencyManagement }))
  writeFileSync(path, JSON.stringify(machineDefinition === undefined ? edited : { ...edited, machineDefinition }))
  return path
}

async function replayed(path: string, from: string): Promise<ReplayReport> {
  const { stdout, stderr } = await runCommand(['replay', path, '--from', from, '--json'], {})
  expect(stderr).toBe('')
  return JSON.parse(stdout) as ReplayReport
}

/** A document as Flow Manager writes it, whose history has these states. */
function theirs(sagaId: string, ...path: readonly (readonly [event: string, state: string])[]) {
  const timestamp = '2026-01-01T00:00:00Z'
  const states = path.map(([, state]) => ({ state, timestamp }))
  const events = path.map(([event]) => ({ event, timestamp }))
  const [latestEvent, currentState] = path.at(-1) ?? ['', '']
  const isFinal = currentState === 'reservationConfirmed'
  return {
    sagaId,
    associatedEntityId: 'e',
    currentState,
    latestEvent,
    isFinal,
    metadata: {},
    history: { states, events },
  }
}

const BEGUN = ['__created__', 'reservationCreated'] as const
const VALID = ['validationOK', 'reservationValidated'] as const
const THEIRS = [
  theirs('waiting', BEGUN),
  theirs('ended', BEGUN, VALID, ['checkOK', 'reservationConfirmed']),
  theirs('odd', BEGUN, ['skipped', 'reservationValidated']),
]
const EXPECTED = {
  sagas: 3,
  same: 2,
  differences: [{ kind: 'unexpected', state: 'reservationCreated', event: 'skipped', sagas: 1, examples: ['odd'] }],
  unread: { sagas: 0 },
}

describeMongo('replay of a collection in MongoDB', (mongo) => {
  test('C5 reads the documents of Flow Manager, and makes no index', { timeout: 90_000 }, async () => {
    const collectionName = fresh('sagas')
    const client = await new MongoClient(mongo.uri()).connect()
    const sagas = client.db().collection(collectionName)
    await sagas.insertMany(THEIRS.map((document) => ({ ...document })))
    const store = file({ type: 'mongo', configurations: { connectionUri: mongo.uri(), collectionName } })
    expect(await replayed(store, store)).toMatchObject(EXPECTED)
    expect(await sagas.indexes()).toHaveLength(1)
    await client.close()
  })
})

describe('replay of a collection of a CRUD Service', () => {
  test('C5a reads page by page', { timeout: 90_000 }, async () => {
    const service = await ownServiceForTest()
    for (const document of THEIRS) await upsert(service, document.sagaId, document)
    const { host, port } = service
    const collectionName = new URL(service.url).pathname.split('/')[1]
    const store = file({ type: 'crud', configurations: { protocol: 'http', host, port, collectionName } })
    expect(await replayed(store, store)).toMatchObject(EXPECTED)
  })
})

describeOnRedis('replay of sagas in Redis', (redis) => {
  test('reads them, and writes no key', { timeout: 90_000 }, async () => {
    const url = `redis://127.0.0.1:${redis().port}`
    const log = { write: () => undefined }
    const owner = redisPersistency({ url: new Secret(url), prefix: 'replay:' }, log)
    const born = birth()
    await owner.save(born.change, born.next, 'absent')
    const basis = (await owner.load(born.next.id))?.basis ?? 'absent'
    const moved = step(born.next, 'reserved')
    await owner.save(moved.change, moved.next, basis)
    await owner.close()
    const client = new Redis(url)
    const size = await client.dbsize()
    const states = [
      { id: 'open', isFinal: false, outgoingTransitions: [{ inputEvent: 'reserved', targetState: 'paying' }] },
      { id: 'paying', isFinal: false },
    ]
    const store = file({ type: 'redis', configurations: { url, prefix: 'replay:' } }, { initialState: 'open', states })
    expect(await replayed(store, store)).toMatchObject({ sagas: 1, same: 1, differences: [] })
    expect(await client.dbsize()).toBe(size)
    client.disconnect()
  })
})
