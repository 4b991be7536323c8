import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SagaIndexes } from '../../adapters/persistency/memory/indexes.ts'
import { pageOf } from '../../adapters/persistency/memory/list.ts'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { SqliteCounts } from '../../adapters/persistency/sqlite/counts.ts'
import { MARK_COLUMNS, markBits, markValues } from '../../adapters/persistency/sqlite/marks.ts'
import { SqliteReader } from '../../adapters/persistency/sqlite/read.ts'
import { SqliteDue } from '../../adapters/persistency/sqlite/due.ts'
import { SqliteHistory } from '../../adapters/persistency/sqlite/history.ts'
import { SqliteList } from '../../adapters/persistency/sqlite/list.ts'
import { SqliteRemoval } from '../../adapters/persistency/sqlite/removal.ts'
import { SqliteTally } from '../../adapters/persistency/sqlite/tally.ts'
import { encodeHead } from '../../src/codec/head.ts'
import { hasMarks } from '../../src/codec/mark-filter.ts'
import { StateTally } from '../../src/codec/state-count.ts'
import type { Debt, Saga } from '../../src/engine/saga.ts'
import type { CountQuery, ListQuery, Page } from '../../src/ports/persistency.ts'
import type { RunSlice } from '../../src/slices.ts'

/** Every slice ends as soon as it asks, so each does the least. */
let slices = 0
const run: RunSlice = async (slice) => {
  slices++
  return slice(() => true)
}

/** Nothing is counted by it here. */
const tally = new SqliteTally('none', run)

const MANY = 1_500
const ENTITIES = ['whale', 'a', 'b', ''] as const

function debt(n: number): Debt {
  return { id: `c${n}`, label: 'l', channel: n % 2 === 0 ? 'bank' : 'ware', attempts: n % 4, since: n, due: n }
}

/** Few instants, so that many sagas share one; ids in no order, some beyond the BMP. */
const SAGAS: readonly Saga[] = Array.from({ length: MANY }, (_, n) => {
  const name = (n * 7_919) % 10_007
  const isRare = n % 500 === 17
  const isFinal = isRare || n % 3 === 0
  const business = n % 5 === 0 ? undefined : { id: isRare ? 9 : n % 2 }
  return {
    id: `${n % 7 === 0 ? '💾' : n % 7 === 1 ? '\uFF01' : 's'}${name}`,
    entity: ENTITIES[n % 11 < 7 ? 0 : n % 4] as string,
    state: isRare ? 'rare' : isFinal ? 'done' : 'open',
    latestEvent: 'e',
    isFinal,
    business,
    length: 1,
    metadata: {},
    owed: n % 13 === 0 ? [debt(n)] : [],
    deadLetters: n % 26 === 0 || n % 59 === 2 ? [{ ...debt(n + 1), payload: {}, why: 'refused' }] : [],
    parked: [],
    ...(n % 37 === 0 && { hold: { since: n } }),
    due: n % 10 === 1 ? n : undefined,
    createdAt: n < 750 ? 5 : n % 4,
    updatedAt: n,
  }
})

const folder = mkdtempSync(join(tmpdir(), 'batuta-sliced-'))
const path = join(folder, 'sagas.db')
let db: DatabaseSync

beforeAll(async () => {
  await openSqlite({ path, random: Math.random }).close()
  db = new DatabaseSync(path)
  fill()
})
afterAll(() => {
  db.close()
  rmSync(folder, { recursive: true })
})

function fill(): void {
  db.exec('DELETE FROM sagas; DELETE FROM history; BEGIN')
  const marks = Object.values(MARK_COLUMNS).join(', ')
  const insert = db.prepare(
    `INSERT INTO sagas (key, id, write_id, created, entity, due, state, final, business, head, metadata, ${marks})
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  for (const [key, saga] of SAGAS.entries()) {
    const { id, createdAt, entity, due, state, isFinal, business } = saga
    const row = [key, id, 'w', createdAt, entity, due ?? null, state, isFinal ? 1 : 0, business?.id ?? null]
    insert.run(...row, encodeHead(saga), '{}', ...markValues(markBits(saga)))
  }
  db.exec('COMMIT')
}

const CREATED: Pick<ListQuery, 'since' | 'until'>[] = [{}, { since: 1 }, { until: 5 }, { since: 1, until: 3 }]
const FILTERS: Partial<ListQuery>[] = [undefined, 'open', 'rare'].flatMap((currentState) =>
  [undefined, 1, 9].flatMap((businessStateId) =>
    [undefined, true, false].flatMap((isFinal) =>
      [undefined, 'whale', ''].flatMap((associatedEntityId) =>
        CREATED.map((created) => ({ currentState, businessStateId, isFinal, associatedEntityId, ...created })),
      ),
    ),
  ),
)

/** Ids of all sagas that a query finds, page by page. */
async function allOf(page: (query: ListQuery) => Promise<Page>, filters: Partial<ListQuery>, limit: number) {
  const ids: string[] = []
  for (let after: Page['next'], pages = 0; pages === 0 || after !== undefined; pages++) {
    const found = await page({ ...filters, limit, after })
    if (found.next !== undefined) expect(found.items).toHaveLength(limit)
    ids.push(...found.items.map(({ id }) => id))
    after = found.next
  }
  return ids
}

function expected(filters: Partial<ListQuery>, compare: (one: string, other: string) => number): string[] {
  return matching(filters)
    .toSorted((one, other) => other.createdAt - one.createdAt || compare(one.id, other.id))
    .map(({ id }) => id)
}

function matching(filters: Partial<ListQuery>): Saga[] {
  const { currentState, businessStateId, isFinal, associatedEntityId, since = -1, until = Infinity } = filters
  return SAGAS.filter((saga) => {
    const { state, business, isFinal: final, entity, createdAt } = saga
    return (
      (currentState === undefined || state === currentState) &&
      (businessStateId === undefined || business?.id === businessStateId) &&
      (isFinal === undefined || final === isFinal) &&
      (associatedEntityId === undefined || entity === associatedEntityId) &&
      createdAt >= since &&
      createdAt < until &&
      hasMarks(saga, filters)
    )
  })
}

const passOver = (): void => undefined
const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))
const byUnits = (one: string, other: string): number => (one < other ? -1 : 1)

describe('sqlite, slice by slice', () => {
  test(
    'C7 every combination of filters is what looking at all of them at once would be',
    { timeout: 60_000 },
    async () => {
      const list = new SqliteList(db, { run, passOver })
      for (const filters of FILTERS) {
        expect(await allOf((query) => list.page(query), filters, 200), JSON.stringify(filters)).toEqual(
          expected(filters, byBytes),
        )
      }
    },
  )

  const MARKS: Partial<ListQuery>[] = [
    { has: 'owed' },
    { has: 'hold', isFinal: false },
    { has: 'parked' },
    { channel: 'bank' },
    { channel: 'ware' },
    { channel: 'bank', isFinal: false },
    { attemptsAtLeast: 1 },
    { has: 'hold', attemptsAtLeast: 1 },
    { channel: 'ware', attemptsAtLeast: 3, since: 1 },
    { attemptsAtLeast: 2, currentState: 'done' },
    { has: 'owed', enteredBefore: 700 },
  ]

  test.each(MARKS)('C7 sagas by mark: %o', async (filters) => {
    const list = new SqliteList(db, { run, passOver })
    expect(await allOf((query) => list.page(query), filters, 7)).toEqual(expected(filters, byBytes))
  })

  test('C7 the counts of every combination of filters are those of all sagas at once', async () => {
    const counts = new SqliteCounts(db, run)
    for (const filters of [...FILTERS, ...MARKS]) {
      const tally = new StateTally()
      for (const saga of matching(filters)) tally.add(saga)
      expect(await counts.count(filters), JSON.stringify(filters)).toEqual(tally.counts)
    }
  })

  test('C7 I5 many sagas are counted by the index of states, in parts', async () => {
    const insert = db.prepare(
      "INSERT INTO sagas (id, write_id, created, entity, state, final, head, metadata) VALUES (?, 'w', ?, '', ?, 0, '', '')",
    )
    db.exec('BEGIN')
    for (let n = 0; n < 40_000; n++) insert.run(`many ${n}`, n % 4 === 0 ? 7 : n, n % 3 === 0 ? 'third' : 'thirds')
    db.exec('COMMIT')
    slices = 0
    const counted = (await new SqliteCounts(db, run).count({ since: 6 })).map(({ state, total }) => [state, total])
    expect(slices).toBeGreaterThan(40_000 / 16_384)
    const left = (isThird: boolean) =>
      Array.from({ length: 40_000 }, (_, n) => n).filter((n) => (n % 3 === 0) === isThird && (n % 4 === 0 || n >= 6))
    expect(counted).toEqual([
      ['third', left(true).length],
      ['thirds', left(false).length],
    ])
    fill()
  })

  test('C7 I5 many sagas of one instant are counted in parts too', async () => {
    const insert = db.prepare(
      "INSERT INTO sagas (id, write_id, created, entity, state, final, head, metadata, owed) VALUES (?, 'w', 7777, '', ?, 0, '', '', ?)",
    )
    const slicesOf = async (query: CountQuery) => {
      slices = 0
      const counted = await new SqliteCounts(db, run).count(query)
      return { slices, counted: counted.map(({ state, total, owed }) => [state, total, owed]) }
    }
    const before = await slicesOf({ since: 7_777 })
    expect(before.counted).toEqual([])
    db.exec('BEGIN')
    for (let n = 0; n < 40_000; n++) insert.run(`one ${n}`, n % 2 === 0 ? 'even' : 'odd', n < 1_300 ? 1 : 0)
    db.exec('COMMIT')
    const after = await slicesOf({ since: 7_777 })
    expect(after.counted).toEqual([
      ['even', 20_000, 650],
      ['odd', 20_000, 650],
    ])
    // Of each state two parts, one more for the instant, and one for what is older; of the mark three parts, and those two.
    expect(after.slices - before.slices).toBeGreaterThanOrEqual(2 * 3 + 4)
    fill()
  })

  test('C7 pages of one among many that were created at the same instant', async () => {
    const list = new SqliteList(db, { run, passOver })
    const filters = { associatedEntityId: 'a', since: 5 }
    const ids = await allOf((query) => list.page(query), filters, 1)
    expect(ids).toEqual(expected(filters, byBytes))
  })

  test('I5 a slice looks at few sagas, however few match', async () => {
    slices = 0
    await new SqliteList(db, { run, passOver }).page({ currentState: 'open', isFinal: true, limit: 200 })
    expect(slices).toBeGreaterThan(500 / 128)
  })

  test('I5 every statement goes along an index and sorts nothing', async () => {
    const plans: string[] = []
    const spied = { prepare: (sql: string) => (plans.push(...planOf(sql)), db.prepare(sql)) }
    const list = new SqliteList(spied as unknown as DatabaseSync, { run, passOver })
    for (const filters of FILTERS) await list.page({ ...filters, limit: 200, after: { createdAt: 5, id: 's5' } })
    expect(
      plans.filter((plan) => !/^SEARCH sagas USING |^SCAN sagas USING (COVERING )?INDEX sagas_/.test(plan)),
    ).toEqual([])
  })

  test('C7 a saga that leaves the filters meanwhile is left out, and the next page begins after it', async () => {
    const moving: RunSlice = async (slice) => {
      const done = slice(() => true)
      if (done === true) db.exec("UPDATE sagas SET state = 'gone' WHERE state = 'rare'") // the page is known, its heads are not read yet
      return done
    }
    const found = await new SqliteList(db, { run: moving, passOver }).page({ currentState: 'rare', limit: 2 })
    expect(found.items).toEqual([])
    expect(found.next).toBeDefined()
    fill()
  })

  test('I9 due sagas are read in parts, earliest first, while there is time; those not due any more are left out', async () => {
    const read = new SqliteReader(db, passOver)
    const idOf = (keys: readonly number[]) => {
      const { read: rows, found } = read.due(keys, 2_000)
      return { read: rows, found: found.map(({ saga }) => saga.id) }
    }
    const due = new SqliteDue(db, run)
    slices = 0
    const wanted = SAGAS.filter((saga) => saga.due !== undefined).map(({ id }) => id)
    expect(await due.find({ now: 2_000, limit: 50 }, idOf)).toEqual(wanted.slice(0, 50))
    expect(slices).toBeGreaterThan(50) // one each: every slice is over after its first part
    const parts: number[] = []
    const counted = (keys: readonly number[]) => (parts.push(keys.length), idOf(keys))
    const whole = new SqliteDue(db, async (slice) => slice(() => false))
    expect(await whole.find({ now: 2_000, limit: 50 }, counted)).toEqual(wanted.slice(0, 50))
    expect(parts.slice(0, 2)).toEqual([1, 2])
    expect(parts.length).toBeLessThan(50)
    const claiming: RunSlice = async (slice) => {
      const done = slice(() => true)
      db.exec('UPDATE sagas SET due = 9000 WHERE due = 21')
      return done
    }
    const found = await new SqliteDue(db, claiming).find({ now: 2_000, limit: 50 }, idOf)
    const claimed = SAGAS.find((saga) => saga.due === 21)?.id
    expect(found).toEqual(wanted.filter((id) => id !== claimed).slice(0, 50))
    fill()
  })

  test('I5 a large saga is read alone: no statement reads several of them, however quick the sagas before were', async () => {
    const keys = SAGAS.flatMap(({ due }, key) => (due === undefined ? [] : [key])).slice(0, 50)
    const large = new Set(keys.slice(40))
    const widen = db.prepare('UPDATE sagas SET metadata = ? WHERE key = ?')
    for (const key of large) widen.run(JSON.stringify({ text: 'ä'.repeat(10_000) }), key)
    const read = new SqliteReader(db, passOver)
    const parts: (readonly number[])[] = []
    const counted = (part: readonly number[]) => {
      const rows = read.due(part, 2_000)
      parts.push(part.slice(0, rows.read))
      return rows
    }
    const found = await new SqliteDue(db, async (slice) => slice(() => false)).find({ now: 2_000, limit: 50 }, counted)
    expect(found.map(({ saga }) => saga.id)).toEqual(keys.map((key) => SAGAS[key]?.id))
    expect(parts.filter((part) => part.length > 1 && part.some((key) => large.has(key)))).toEqual([])
    expect(parts.flat()).toEqual(keys)
    fill()
  })

  test('I3 I5 a long history is read in parts, whole and in order, without steps after its head', async () => {
    const insert = db.prepare("INSERT INTO history VALUES (1, ?, ?, ?, 'w', ?)")
    for (let n = 0; n < 1_000; n++) insert.run(`e${(n * 7_919) % 10_007}`, `l${n % 3}`, n, `[${n},"open",0,"hash"]`)
    slices = 0
    const entries = await new SqliteHistory(db, { ask: (read) => read(), run, whole: (_, read) => read() }).of({
      saga: { ...(SAGAS[1] as Saga), length: 990 },
      key: 1,
    })
    expect(slices).toBe(3)
    expect(entries.map(({ event }) => event.id)).toEqual(
      Array.from({ length: 990 }, (_, n) => `e${(n * 7_919) % 10_007}`),
    )
    fill()
  })

  test('I2 I5 removal works saga by saga and removes a long history in parts', async () => {
    const key = SAGAS.findIndex(isRemovable)
    const history = db.prepare("INSERT INTO history VALUES (?, ?, 'l', ?, 'w', '[]')")
    for (let n = 0; n < 1_000; n++) history.run(key, `e${n}`, n)
    slices = 0
    expect(await new SqliteRemoval(db, { run, tally }).removeFinal(2_000, 10)).toBe(10)
    expect(slices).toBeGreaterThanOrEqual(10 + 3)
    expect(db.prepare('SELECT count(*) AS n FROM history').get()).toEqual({ n: 0 })
    const left = db.prepare('SELECT id FROM sagas').all() as { id: string }[]
    const gone = SAGAS.filter(isRemovable).slice(0, 10)
    expect(left).toHaveLength(MANY - 10)
    expect(left.some(({ id }) => gone.some((one) => one.id === id))).toBe(false)
    fill()
  })

  test('I2 a removal that is interrupted is found again', async () => {
    const key = SAGAS.findIndex(isRemovable)
    const history = db.prepare("INSERT INTO history VALUES (?, ?, 'l', ?, 'w', '[]')")
    for (let n = 0; n < 1_000; n++) history.run(key, `e${n}`, n)
    let left = 2
    const dying: RunSlice = async (slice) => {
      if (left-- === 0) throw new Error('killed')
      return slice(() => true)
    }
    await expect(new SqliteRemoval(db, { run: dying, tally }).removeFinal(2_000, 1)).rejects.toThrow('killed')
    expect(await new SqliteRemoval(db, { run, tally }).removeFinal(2_000, 1)).toBe(1)
    expect(db.prepare('SELECT count(*) AS n FROM history').get()).toEqual({ n: 0 })
    fill()
  })

  test('I2 a head that is no JSON is not removed and blocks no other', async () => {
    db.exec("UPDATE sagas SET head = '{' WHERE final = 1 AND due IS NULL AND key < 100")
    const removed = await new SqliteRemoval(db, { run, tally }).removeFinal(200, 1_000)
    const wanted = SAGAS.filter((saga, key) => isRemovable(saga) && key >= 100 && saga.updatedAt < 200)
    expect(removed).toBe(wanted.length)
    fill()
  })
})

describe('memory, slice by slice', () => {
  const indexes = new SagaIndexes()
  const sagas = new Map(SAGAS.map((saga) => [saga.id, saga]))
  for (const saga of SAGAS) indexes.put(undefined, saga)
  const page = (query: ListQuery) => pageOf({ created: indexes.created, find: (id) => sagas.get(id), run }, query)

  test(
    'C7 every combination of filters is what looking at all of them at once would be',
    { timeout: 60_000 },
    async () => {
      for (const filters of FILTERS)
        expect(await allOf(page, filters, 200), JSON.stringify(filters)).toEqual(expected(filters, byUnits))
    },
  )

  test('I5 a slice looks at few sagas, however few match', async () => {
    slices = 0
    await page({ currentState: 'open', isFinal: true, limit: 200 })
    expect(slices).toBeGreaterThan(MANY / 256 - 1)
  })
})

function planOf(sql: string): string[] {
  const rows = db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...Array.from({ length: (sql.match(/\?/g) ?? []).length }, () => 1))
  return (rows as { readonly detail: string }[]).map(({ detail }) => detail)
}

/** A held saga may owe what is not due. */
function isRemovable({ isFinal, due, owed }: Saga): boolean {
  return isFinal && due === undefined && owed.length === 0
}
