import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { MongoClient } from 'mongodb'
import { afterAll, describe, expect, test } from 'vitest'
import { fresh } from '../../testing/contract/build.ts'
import { describeMongo } from '../services/mongo.ts'
import { reservation } from '../services/reservation.ts'
import { batuta } from '../unit/cli/run.ts'
import type { Ended } from '../unit/cli/run.ts'
import { upsert } from './crud-reference-scene.ts'
import { ownServiceForTest, serviceForTest } from './crud-scene.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-takeover-'))
afterAll(() => rmSync(folder, { recursive: true }))

function takeover(persistencyManagement: object, ...flags: string[]): Promise<Ended> {
  const path = join(folder, `${fresh('saga')}.json`)
  const file = reservation(1, (edited) => void Object.assign(edited, { persistencyManagement }))
  const hook = { type: 'file', content: 'export default () => { throw new Error("called") }' }
  Object.assign(file.machineDefinition.states[0]?.outputCommand ?? {}, { hook })
  writeFileSync(path, JSON.stringify(file))
  return batuta(process.execPath, ['takeover', path, ...flags])
}

/** A document as Flow Manager writes it. */
function theirs(sagaId: string, currentState: string, more: object = {}) {
  const isFinal = currentState === 'reservationConfirmed'
  const history = { states: [{ state: currentState, timestamp: '2026-01-01T00:00:00Z' }], events: [] }
  return { sagaId, associatedEntityId: 'e', currentState, latestEvent: 'x', isFinal, metadata: {}, history, ...more }
}

const HEALTHY = [
  ...Array.from({ length: 450 }, (_, n) => theirs(`live-${n}`, 'reservationCreated')),
  theirs('validated', 'reservationValidated'),
  theirs('done', 'reservationConfirmed'),
]
const ODD = [
  theirs('gone', 'stateOfAnOldMachine'),
  theirs('broken', 'reservationCreated', { history: { states: 'none' } }),
  theirs(`long-${'x'.repeat(1_100)}`, 'reservationCreated'),
]

describeMongo('takeover of a collection in MongoDB', (mongo) => {
  async function filled(documents: readonly object[]): Promise<string> {
    const collectionName = fresh('sagas')
    const client = await new MongoClient(mongo.uri()).connect()
    await client
      .db()
      .collection(collectionName)
      .insertMany(documents.map((document) => ({ ...document })))
    await client.close()
    return collectionName
  }
  const storeOf = (collectionName: string) => ({
    type: 'mongo',
    configurations: { connectionUri: mongo.uri(), collectionName },
  })
  async function indexes(collection: string): Promise<number> {
    const client = await new MongoClient(mongo.uri()).connect()
    const found = await client.db().collection(collection).indexes()
    await client.close()
    return found.length
  }

  test(
    'C5a counts live sagas by state; --dry-run makes no index, a run without it does',
    { timeout: 90_000 },
    async () => {
      const collection = await filled(HEALTHY)
      const dry = await takeover(storeOf(collection), '--dry-run')
      expect(dry, dry.stderr).toMatchObject({ code: 0, stderr: '' })
      expect(dry.stdout.split('\n').slice(0, 4)).toEqual([
        '452 documents: 451 live that can go on, 1 final, 0 that cannot go on',
        '  "reservationCreated": 450',
        '  "reservationValidated": 1',
        'safe to start',
      ])
      expect(await indexes(collection)).toBe(1)
      const real = await takeover(storeOf(collection), '--json')
      expect(JSON.parse(real.stdout)).toMatchObject({ obstacles: [], isPrepared: true, groups: [] })
      expect(await indexes(collection)).toBeGreaterThan(1)
    },
  )

  test(
    'C5a sagas that cannot go on are named with the reason, code 1, and nothing is prepared',
    { timeout: 90_000 },
    async () => {
      const collection = await filled([...ODD, { currentState: 'reservationCreated' }])
      const { code, stdout } = await takeover(storeOf(collection), '--json')
      const { sagas, isPrepared } = JSON.parse(stdout)
      expect([code, isPrepared]).toEqual([1, false])
      expect(
        sagas.stuck.map(({ why, count, examples }: { why: string; count: number; examples: string[] }) => [
          why,
          count,
          examples[0]?.slice(0, 6),
        ]),
      ).toEqual([
        ['the machine has no state "stateOfAnOldMachine"', 1, 'gone'],
        [expect.stringContaining('the document cannot be read: '), 1, 'broken'],
        ['no event can name its id: it has more than 1024 characters', 1, 'long-x'],
        [expect.stringContaining('"sagaId"'), 1, undefined],
      ])
      expect(await indexes(collection)).toBe(1)
      const accepted = await takeover(storeOf(collection), '--accept-stuck')
      expect(accepted, accepted.stderr).toMatchObject({ code: 0 })
      expect(accepted.stdout).toContain('4 that cannot go on')
      expect(await indexes(collection)).toBeGreaterThan(1)
    },
  )
})

describe('takeover of a collection of a CRUD Service', () => {
  test('C5a reads page by page, and writes nothing', { timeout: 90_000 }, async () => {
    const service = await ownServiceForTest()
    for (const document of [...HEALTHY, ODD[0]]) await upsert(service, String(document?.sagaId), document ?? {})
    const { host, port } = service
    const url = new URL(service.url)
    const configurations = { protocol: 'http', host, port, collectionName: url.pathname.split('/')[1] }
    const before = await (await fetch(`${service.url}?sagaId=validated`)).text()
    const { code, stdout, stderr } = await takeover({ type: 'crud', configurations }, '--dry-run')
    expect(code, stderr).toBe(1)
    expect(stdout).toContain('453 documents: 451 live that can go on, 1 final, 1 that cannot go on')
    expect(stdout).toContain('1 cannot go on: the machine has no state "stateOfAnOldMachine", such as "gone"')
    expect(await (await fetch(`${service.url}?sagaId=validated`)).text()).toBe(before)
  })

  test('C5a a collection that the start refuses, or that is empty, is not safe', { timeout: 90_000 }, async () => {
    const { host, port } = await serviceForTest()
    const storage = { type: 'crud', configurations: { protocol: 'http', host, port, collectionName: 'sagas' } }
    const path = join(folder, 'silent.json')
    const file = reservation(1, (edited) => void Object.assign(edited, { persistencyManagement: storage }))
    const states = file.machineDefinition.states.map((state) => ({ ...state, businessStateId: undefined }))
    writeFileSync(path, JSON.stringify({ ...file, machineDefinition: { ...file.machineDefinition, states } }))
    const { code, stdout, stderr } = await batuta(process.execPath, ['takeover', path, '--dry-run', '--json'])
    expect(code, stderr).toBe(1)
    expect(JSON.parse(stdout).obstacles).toEqual([
      'the collection is empty: is it the one that the old service writes?',
      expect.stringContaining('it requires "businessStateId"'),
    ])
  })

  test(
    'C1.2 a service that does not answer, another store, a file that is not there',
    { timeout: 90_000 },
    async () => {
      const configurations = { protocol: 'http', host: '127.0.0.1', port: 1, collectionName: 'sagas' }
      const silent = await takeover({ type: 'crud', configurations })
      expect([silent.code, silent.stderr]).toEqual([
        1,
        expect.stringMatching(/read the sagas in the store "crud".*no answer/),
      ])
      const rest = { protocol: 'http', endpoint: '127.0.0.1', port: 1, method: 'PUT' }
      const other = await takeover({ type: 'rest', configurations: rest })
      expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('expected "crud" or "mongo"') })
      expect(await batuta(process.execPath, ['takeover', '/nowhere.json'])).toMatchObject({ code: 2, stdout: '' })
      const broken = await takeover({ type: 'crud', configurations: { protocol: 'ftp' } })
      expect(broken).toMatchObject({ code: 1, stdout: '' })
      expect(broken.stderr.trimEnd().split('\n')).toEqual([
        expect.stringContaining('the file has problems; batuta check shows'),
        expect.stringContaining('  persistencyManagement.configurations.protocol'),
        expect.stringContaining('  persistencyManagement.configurations.collectionName'),
      ])
    },
  )
})
