import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Redis } from 'ioredis'
import { MongoClient } from 'mongodb'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { StoredDocument } from '../../src/codec/stored-document.ts'
import { fresh } from '../../testing/contract/build.ts'
import { describeMongo } from '../services/mongo.ts'
import { describeOnRedis } from '../services/redis-suite.ts'
import { describeUpstash } from '../services/upstash-suite.ts'
import { upsert } from './crud-reference-scene.ts'
import { ownServiceForTest } from './crud-scene.ts'
import { expectNamed, expectSound, leadSurveyed, replayOf } from './surveyed-sagas.ts'
import type { Plants } from './surveyed-sagas.ts'

/* `batuta verify --store` and `batuta replay --from` on each store that they open, beside the service and after an edit by hand. */
const PATIENCE = { timeout: 240_000 }
const WRONG = 'reservationFailed'

type Draft = { -readonly [key in keyof StoredDocument]: StoredDocument[key] }

/** The same edits for each store of documents. */
function editing(edit: (id: string, change: (document: Draft) => void) => Promise<void>): Plants {
  const lists = (document: Draft, states: (list: readonly unknown[]) => readonly unknown[], events = states) => {
    const { history } = document
    document.history = { ...history, states: states(history.states), events: events(history.events) } as never
  }
  const doubled = (list: readonly unknown[]) => [...list, ...list.slice(-1)]
  return {
    step: (id) => edit(id, (document) => lists(document, (list) => list.toSpliced(1, 1))),
    state: (id) => edit(id, (document) => void (document.currentState = WRONG)),
    event: (id) => edit(id, (document) => lists(document, doubled)),
    debt: (id) => edit(id, (document) => void (document.history = { ...document.history, owed: [], due: null })),
  }
}

describe('verify and replay of sqlite', () => {
  test('I2 I3 a file beside its service, its folder, and after an edit', PATIENCE, async () => {
    const service = await leadSurveyed({ type: 'sqlite' })
    const { worker } = service
    await expectSound(worker)
    const [folder, file] = [join(worker.folder, 'data'), join(worker.folder, 'data', 'batuta.sqlite')]
    await worker.kill()
    const bytes = () => ['', '-wal'].map((part) => hashOf(`${file}${part}`))
    const before = bytes()
    for (const from of [folder, file]) expect(await replayOf(worker, from)).toMatchObject({ sagas: 8, same: 8 })
    await expectSound(worker)
    expect(bytes()).toEqual(before)
    const change = (sql: string) => async (id: string) => {
      const db = new DatabaseSync(file)
      db.prepare(sql).run(id)
      db.close()
    }
    await expectNamed(service, {
      step: change('DELETE FROM history WHERE saga = (SELECT key FROM sagas WHERE id = ?) AND number = 1'),
      state: change(`UPDATE sagas SET head = json_set(head, '$.state', '${WRONG}'), state = '${WRONG}' WHERE id = ?`),
      event: undefined,
      debt: change("UPDATE sagas SET head = json_remove(head, '$.owed'), due = NULL WHERE id = ?"),
    })
  })
})

describeMongo('verify and replay of mongo', (mongo) => {
  test('I2 I3 I4 a collection', PATIENCE, async () => {
    const collectionName = fresh('sagas')
    const service = await leadSurveyed({
      type: 'mongo',
      configurations: { connectionUri: mongo.uri(), collectionName },
    })
    const client = await new MongoClient(mongo.uri()).connect()
    onTestFinished(() => client.close())
    const sagas = client.db().collection(collectionName)
    const indexes = await sagas.indexes()
    await expectSound(service.worker)
    expect(await sagas.indexes()).toEqual(indexes)
    await service.worker.kill()
    const edit = async (sagaId: string, change: (document: Draft) => void) => {
      const document = (await sagas.findOne({ sagaId })) as unknown as Draft
      change(document)
      await sagas.replaceOne({ sagaId }, document)
    }
    await expectNamed(service, editing(edit))
  })
})

describe('verify and replay of crud', () => {
  test('I2 I3 I4 a collection', PATIENCE, async () => {
    const crud = await ownServiceForTest()
    const { host, port } = crud
    const configurations = { protocol: 'http', host, port, collectionName: 'sagas' }
    const service = await leadSurveyed({ type: 'crud', configurations })
    await expectSound(service.worker)
    await service.worker.kill()
    crud.requests.splice(0)
    await expectSound(service.worker)
    expect(crud.requests.filter(({ method }) => method !== 'GET')).toEqual([])
    const edit = async (sagaId: string, change: (document: Draft) => void) => {
      const [document] = (await (await fetch(`${crud.url}?sagaId=${sagaId}`)).json()) as [Draft]
      change(document)
      const { currentState, history } = document
      await upsert(crud, sagaId, { currentState, history })
    }
    await expectNamed(service, editing(edit))
  })
})

describeOnRedis('verify and replay of redis', (redis) => {
  test('I2 I3 a prefix', PATIENCE, async () => {
    const url = `redis://127.0.0.1:${redis().port}`
    const prefix = `${fresh('survey')}:`
    await onRedis({ type: 'redis', configurations: { url, prefix } }, { url, prefix })
  })
})

describeUpstash('verify and replay of upstash-redis', (upstash) => {
  test('I2 I3 a prefix', PATIENCE, async () => {
    const { url, token, redis } = upstash()
    const prefix = `${fresh('survey')}:`
    const configurations = { url, token, prefix }
    await onRedis({ type: 'upstash-redis', configurations }, { url: `redis://127.0.0.1:${redis.options.port}`, prefix })
  })
})

async function onRedis(
  store: object,
  { url, prefix }: { readonly url: string; readonly prefix: string },
): Promise<void> {
  const service = await leadSurveyed(store)
  await expectSound(service.worker)
  await service.worker.kill()
  const client = new Redis(url)
  onTestFinished(() => client.disconnect())
  const contents = async () => {
    const keys = (await client.keys('*')).toSorted()
    return Promise.all(keys.map(async (key) => [key, (await client.dumpBuffer(key))?.toString('hex')]))
  }
  const before = await contents()
  await expectSound(service.worker)
  expect(await contents()).toEqual(before)
  const key = (id: string) => `{${prefix}}saga:${id}`
  const edit = (change: (head: Record<string, unknown>) => void) => async (id: string) => {
    const head = JSON.parse((await client.hget(key(id), 'h')) ?? '') as Record<string, unknown>
    change(head)
    await client.hset(key(id), 'h', JSON.stringify(head))
  }
  const drop = async (id: string) => {
    const fields = await client.hkeys(key(id))
    const step = fields.find((field) => field.includes('"validationOK"'))
    expect(await client.hdel(key(id), step ?? '')).toBe(1)
  }
  await expectNamed(service, {
    step: drop,
    state: edit((head) => (head['state'] = WRONG)),
    event: undefined,
    debt: edit((head) => delete head['owed']),
  })
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
