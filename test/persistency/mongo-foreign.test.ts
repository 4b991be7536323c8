import { MongoClient } from 'mongodb'
import type { Collection, Document } from 'mongodb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openMongo } from '../../adapters/persistency/mongo.ts'
import type { DuePlace, Loaded, Persistency } from '../../src/ports/persistency.ts'
import { fresh, NOW } from '../../testing/contract/build.ts'
import { create, move, note } from '../../testing/contract/saves.ts'
import { describeMongo, settingsOf } from '../services/mongo.ts'

const DAY = 86_400_000

describeMongo('mongo, what others have changed', (mongo) => {
  const collection = fresh('sagas')
  const warnings: string[] = []
  let client: MongoClient
  let sagas: Collection
  let store: Persistency
  beforeAll(async () => {
    client = await new MongoClient(mongo.uri()).connect()
    sagas = client.db().collection(collection)
    const write = (code: string, fields: object = {}): void => void warnings.push(`${code} ${JSON.stringify(fields)}`)
    store = await openMongo(settingsOf(mongo.uri(), collection), { write })
  })
  afterAll(async () => {
    await store.close()
    await client.close()
  })
  beforeEach(async () => {
    await sagas.deleteMany({})
  })

  const change = (id: string, $set: Document): Promise<unknown> => sagas.updateOne({ sagaId: id }, { $set })

  /** Creates sagas and damages the first ones. */
  async function some(count: number, hand: readonly Document[]): Promise<string[]> {
    const ids: string[] = []
    for (let n = 0; n < count; n++) ids.push((await create(store, { id: fresh('s'), at: NOW + n })).saga.id)
    for (const [at, $set] of hand.entries()) await change(ids[at] ?? '', $set)
    return ids
  }

  const SPOILT: readonly Document[] = [
    { businessStateId: new Date() },
    { associatedEntityId: 7 },
    { 'history.events': { no: 'list' } },
    { 'history.events': [null] },
    { 'history.updated': 'yesterday' },
    { history: { due: 1, created: NOW, events: [{ event: 7 }], states: 'none' } },
  ]

  /** A list does not read debts, so it shows these. */
  const OWING: readonly Document[] = [{ 'history.owed': 'none' }, { 'history.owed': [null] }]

  test('P17 P18 resting sagas that an earlier version put among the owing ones are found page by page', async () => {
    const deadline = NOW + 5
    for (let n = 0; n < 5; n++) {
      const made = await create(store, { id: `s${n}`, timer: { step: 0, deadline, resends: 0 } })
      await note(store, made, { settled: made.saga.owed.map(({ id }) => id) })
    }
    await sagas.updateMany({}, { $set: { 'history.due': deadline } })
    const { recovery } = store.can
    if (recovery.by !== 'sweep') return expect.unreachable()
    const pages: string[][] = []
    for (let after: DuePlace | undefined, page: readonly Loaded[] = []; pages.length < 6;) {
      page = await recovery.findDue(deadline, 1, after)
      const last = page.at(-1)?.saga
      pages.push(page.map(({ saga }) => saga.id))
      if (last === undefined) break
      after = { due: deadline, id: last.id }
    }
    expect(pages).toEqual([['s0'], ['s1'], ['s2'], ['s3'], ['s4'], []])
  })

  test('P17 the sweep skips unreadable sagas, finds as many others, and reports each once', async () => {
    const spoilt = [...SPOILT, ...OWING]
    const ids = await some(spoilt.length + 2, spoilt)
    const { recovery } = store.can
    if (recovery.by !== 'sweep') return expect.unreachable()
    warnings.length = 0
    for (let look = 0; look < 2; look++) {
      const due = await recovery.findDue(NOW + DAY, 2)
      expect(due.map(({ saga }) => saga.id)).toEqual(ids.slice(spoilt.length))
    }
    expect(warnings).toHaveLength(spoilt.length)
    for (const id of ids.slice(0, spoilt.length)) expect(warnings.join()).toContain(id)
    await expect(store.load(ids[0] ?? '')).rejects.toMatchObject({ code: 'saga-unreadable' })
    await expect(store.document(ids[1] ?? '')).rejects.toMatchObject({ code: 'saga-unreadable' })
  })

  test('C7 unreadable sagas are left out of the list, and pages are full without them', async () => {
    const ids = await some(SPOILT.length + 3, SPOILT.toReversed())
    const { list } = store.can
    if (list === false) return expect.unreachable()
    const seen: string[] = []
    const sizes: number[] = []
    let after
    do {
      const page = await list.page({ limit: 2, after })
      sizes.push(page.items.length)
      seen.push(...page.items.map(({ id }) => id))
      after = page.next
    } while (after !== undefined)
    expect(seen).toEqual(ids.slice(SPOILT.length).toReversed())
    expect(sizes.slice(0, 1)).toEqual([2])
  })

  async function ended(at: number): Promise<Loaded> {
    const paying = await move(store, await create(store, { at }), { label: 'reserved', at })
    const { saga, basis } = await move(store, paying, { label: 'charged', at })
    return note(store, { saga, basis }, { settled: saga.owed.map(({ id }) => id) })
  }

  test('C6.4 retention keeps a saga that Flow Manager ended just now, and removes the others', async () => {
    const { removal } = store.can
    if (removal === false) return expect.unreachable()
    const theirs: string[] = []
    for (let n = 0; n < 3; n++) {
      const { saga, basis } = await create(store, { at: NOW - 9 * DAY })
      await note(store, { saga, basis }, { settled: saga.owed.map(({ id }) => id) })
      const at = new Date(NOW).toISOString()
      const $push = {
        'history.states': { state: 'done', timestamp: at },
        'history.events': { event: 'charged', timestamp: at },
      }
      const $set = { currentState: 'done', latestEvent: 'charged', isFinal: true }
      await sagas.updateOne({ sagaId: saga.id }, { $set, $push } as never)
      theirs.push(saga.id)
    }
    const ours = [await ended(NOW - 9 * DAY), await ended(NOW - 9 * DAY)].map(({ saga }) => saga.id)
    expect(await removal.removeFinal(NOW + DAY, 2)).toBe(2)
    for (const id of theirs) expect(await store.load(id), id).toBeDefined()
    for (const id of ours) expect(await store.load(id), id).toBeUndefined()
  })
})
