import { MongoClient } from 'mongodb'
import type { Collection } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMongo } from '../../adapters/persistency/mongo.ts'
import type { MongoTuning } from '../../adapters/persistency/mongo.ts'
import { connect } from '../../adapters/persistency/mongo/connect.ts'
import { create } from '../../testing/contract/saves.ts'
import { describeMongo, settingsOf } from '../services/mongo.ts'

describeMongo('mongo, at the start', (mongo) => {
  const log = { write: () => undefined }
  let client: MongoClient
  beforeAll(async () => {
    client = await new MongoClient(mongo.uri()).connect()
  })
  afterAll(() => client.close())
  const sagasOf = (name: string): Collection => client.db().collection(name)
  const quick = { connect: 500, answer: 1_000 }
  const refused = (uri: string, collection = 'sagas') => openMongo(settingsOf(uri, collection), log, quick)

  test('a wrong host is refused, with what to do', async () => {
    await expect(refused(mongo.uri(1))).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringMatching(
        /^connect to the store "mongo" \(127\.0\.0\.1:1, batuta\.sagas\): .*ECONNREFUSED.*; are host and port of connectionUri right/,
      ),
    })
  })

  test('C2.6 a wrong password is refused, and shown nowhere', async () => {
    const uri = `mongodb://someone:p%40ssword%2F17@127.0.0.1:${mongo.port}/batuta?authMechanism=PLAIN&tls=false`
    const error = await refused(uri).then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    expect(error).toMatchObject({ code: 'store-unusable', message: expect.stringMatching(/password and authSource/) })
    expect(`${error?.message} ${error?.stack}`).not.toMatch(/p%40ssword|p@ssword/)
  })

  test('C2.6 an invalid connectionUri is refused and shown nowhere', async () => {
    for (const uri of [
      'https://someone:pass-17@host/x',
      'mongodb://someone:pa ss@17@host',
      'mongodb://a:pass-17@h/?x=1',
    ]) {
      const error = await refused(uri).then(
        () => undefined,
        (thrown: Error) => thrown,
      )
      expect(error).toMatchObject({ code: 'store-unusable' })
      expect(`${error?.message} ${(error?.cause as Error | undefined)?.message}`, uri).not.toMatch(/pass-17|ss@17/)
    }
  })

  test('TLS to a server without it is refused, with what to do', async () => {
    const message = expect.stringMatching(/TLS settings of connectionUri|are host and port/)
    await expect(refused(`${mongo.uri()}&tls=true`)).rejects.toMatchObject({ code: 'store-unavailable', message })
  })

  test('no unique index and no right to create it is refused, with the command to run', async () => {
    await expect(refused(mongo.uri(), 'foreign')).rejects.toMatchObject({
      code: 'store-unusable',
      message: expect.stringMatching(/not authorized.*createIndex\(\{ sagaId: 1 \}, \{ unique: true \}\)/),
    })
  })

  test('two sagas of one id are refused, and the missing index is named', async () => {
    await sagasOf('twofold').insertMany([{ sagaId: 'a' }, { sagaId: 'a' }])
    const message = expect.stringMatching(/E11000.*found no unique index on sagaId/)
    await expect(refused(mongo.uri(), 'twofold')).rejects.toMatchObject({ code: 'store-unusable', message })
  })

  test('the indexes are created once, and a unique one that an administrator made will do', async () => {
    await sagasOf('given').createIndex({ sagaId: 1 }, { unique: true, name: 'by hand' })
    for (const [collection, created] of [
      ['indexed', 3],
      ['indexed', 0],
      ['given', 2],
    ] as const) {
      const commands: string[] = []
      await (await mongo.open(collection, { onCommand: (name) => commands.push(name) })).close()
      expect(commands.filter((name) => name === 'createIndexes')).toHaveLength(created)
    }
  })

  test('I1 writes are journalled and awaited, whatever the connection string says', async () => {
    const uri = `${mongo.uri()}&journal=false&w=1&wtimeoutMS=5`
    const connection = await connect(settingsOf(uri, 'journalled'))
    expect(connection.client.options.writeConcern).toMatchObject({ w: 'majority', journal: true, wtimeout: 0 })
    expect(connection.sagas.writeConcern).toMatchObject({ w: 'majority', journal: true, wtimeout: 0 })
    await connection.close()
    const concerns: unknown[] = []
    const onCommand: MongoTuning['onCommand'] = (name, command) =>
      void (name === 'insert' && concerns.push(command['writeConcern']))
    const store = await openMongo(settingsOf(uri, 'journalled'), log, { onCommand })
    await create(store)
    await store.close()
    expect(concerns).toEqual([expect.objectContaining({ w: 'majority', j: true })])
  })

  test('without the right to create indexes the store serves where the unique one is there, and warns', async () => {
    const warnings: unknown[] = []
    const write = (code: string, fields?: object): void => void warnings.push({ code, ...fields })
    await sagasOf('visible').createIndex({ sagaId: 1 }, { unique: true })
    const store = await openMongo(settingsOf(mongo.uri(), 'visible'), { write })
    expect((await store.probe()).ok).toBe(true)
    await store.close()
    expect(warnings).toEqual([
      expect.objectContaining({
        code: 'store.no-index',
        index: '{"history.due":1}',
        why: expect.stringMatching(/not authorized/),
      }),
      expect.objectContaining({ code: 'store.no-index', index: '{"history.created":-1,"sagaId":1}' }),
    ])
  })
})
