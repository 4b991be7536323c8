import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { APPLICATION, migrate, MIGRATIONS } from '../../adapters/persistency/sqlite/schema.ts'
import { create, move, note } from '../../testing/contract/saves.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-sqlite-open-'))
afterAll(() => rmSync(folder, { recursive: true }))

let made = 0
const fresh = (): string => join(folder, `${++made}.db`)
const open = (path: string) => openSqlite({ path, random: Math.random })

/** A file as another program leaves it. */
function prepare(path: string, sql: string): void {
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
}

function pragma(path: string, name: string): unknown {
  const db = new DatabaseSync(path, { readOnly: true })
  const row = db.prepare(`PRAGMA ${name}`).get()
  db.close()
  return row?.[name]
}

describe('a file that is ours', () => {
  test('C1.3 the folder is made, the version is written', async () => {
    const path = join(folder, 'deep', 'er', 'saga.db')
    await open(path).close()
    expect(pragma(path, 'user_version')).toBe(MIGRATIONS.length)
    expect(pragma(path, 'application_id')).toBe(APPLICATION)
  })

  test('an empty file, or an empty database, becomes ours', async () => {
    const [nothing, empty] = [fresh(), fresh()]
    writeFileSync(nothing, '')
    prepare(empty, 'CREATE TABLE t (x); DROP TABLE t')
    for (const path of [nothing, empty]) {
      const store = open(path)
      await create(store)
      await store.close()
      expect(pragma(path, 'user_version')).toBe(MIGRATIONS.length)
    }
  })

  test('I1 an empty file beside a log that is not is refused: SQLite would drop the log', async () => {
    const path = fresh()
    writeFileSync(path, '')
    writeFileSync(`${path}-wal`, 'what is left')
    expect(() => open(path)).toThrow(/is empty, its log ".*-wal" is not/)
    expect(readFileSync(`${path}-wal`, 'utf8')).toBe('what is left')
    rmSync(`${path}-wal`)
    await open(path).close()
  })

  test('P20 a saga with a damaged instant is due: it may hold any number', async () => {
    const path = fresh()
    const [store, ids] = [open(path), ['s0', 's1', 's2']]
    for (const id of ids) await create(store, { id })
    await store.close()
    for (const [key, due] of ['-5', '-1', '0'].entries())
      prepare(path, `UPDATE sagas SET due = ${due} WHERE id = 's${key}'`)
    const again = open(path)
    const { recovery } = again.can
    const found = recovery.by === 'sweep' ? await recovery.findDue(1, 10) : []
    expect(found.map(({ saga }) => saga.id).toSorted()).toEqual(ids)
    await again.close()
  })

  test('I9 a file of an earlier version gets its missing indexes, logs it, and a damaged head is no obstacle', async () => {
    const path = fresh()
    const db = new DatabaseSync(path)
    migrate(db, path, { migrations: MIGRATIONS.slice(0, 2) })
    const insert = db.prepare("INSERT INTO sagas VALUES (?, ?, 'w', 1, 'e', NULL, 'done', 1, NULL, ?, '{}')")
    for (const [key, head] of ['{"updated":5}', '{"updated":', '{"updated":50}'].entries())
      insert.run(key, `s${key}`, head)
    db.close()
    const told: unknown[] = []
    const log = { write: (code: string, fields?: object) => void told.push([code, fields]) }
    const store = openSqlite({ path, random: Math.random, log })
    expect(told).toEqual([['store.migrating', { path, from: 2, to: MIGRATIONS.length }]])
    const { removal } = store.can
    expect(removal && (await removal.removeFinal(10, 256))).toBe(1)
    expect(removal && (await removal.removeFinal(100, 256))).toBe(1)
    await store.close()
    told.length = 0
    await openSqlite({ path, random: Math.random, log }).close()
    await openSqlite({ path: fresh(), random: Math.random, log }).close()
    expect(told).toEqual([])
  })

  test('C7 the marks of the sagas of an earlier version are those of their heads', async () => {
    const path = fresh()
    const db = new DatabaseSync(path)
    migrate(db, path, { migrations: MIGRATIONS.slice(0, 4) })
    const insert = db.prepare("INSERT INTO sagas VALUES (?, ?, 'w', 1, '', NULL, 'open', 0, NULL, ?, '{}')")
    const head = { entity: '', state: 'open', event: 'e', length: 1, created: 1, updated: 1 }
    const debt = { id: 'c', label: 'l', channel: 'x', attempts: 0, since: 7, due: 9 }
    const letter = { ...debt, payload: { owed: [1], hold: {} }, why: '400' }
    const heads = { owing: { owed: [debt] }, dead: { dead: [letter] }, held: { hold: { since: 1 } }, plain: {} }
    for (const [key, [id, more]] of Object.entries(heads).entries())
      insert.run(key, id, JSON.stringify({ ...head, ...more }))
    insert.run(9, 'damaged', '{"owed":[')
    db.close()
    const store = openSqlite({ path, random: Math.random })
    const { list, counts } = store.can
    if (list === false || counts === false) throw new Error('expected a store that lists and counts')
    for (const [has, id] of [
      ['owed', 'owing'],
      ['dead-letters', 'dead'],
      ['hold', 'held'],
    ] as const)
      expect((await list.page({ has, limit: 9 })).items.map((saga) => saga.id)).toEqual([id])
    const marks = { owed: 1, deadLetters: 1, parked: 0, timers: 0, held: 1, oldestDebt: 7 }
    expect(await counts.count({})).toEqual([{ state: 'open', total: 5, ...marks }])
    await store.close()
  })

  test('P10 P12 an offer of a parked event is due at once when the file is opened anew; what only waits is not', async () => {
    const path = fresh()
    const before = openSqlite({ path, random: Math.random })
    const at = Date.now()
    const parked = (due?: number) => ({
      event: { id: 'e', sagaId: 'any', label: 'later', payload: {} },
      since: at,
      expires: at + 7 * 86_400_000,
      due,
    })
    for (const [id, due] of Object.entries({ offered: at + 60_000, waiting: undefined })) {
      const born = await create(before, { id })
      await note(before, born, { settled: born.saga.owed.map((debt) => debt.id), parked: [parked(due)] })
    }
    await before.close()
    const after = openSqlite({ path, random: Math.random })
    const { recovery } = after.can
    if (recovery.by !== 'sweep') throw new Error('expected a store that sweeps')
    expect((await recovery.findDue(at, 9)).map(({ saga }) => [saga.id, saga.due])).toEqual([['offered', 0]])
    await after.close()
  })

  test('a file of an older version is migrated, whole or not at all', async () => {
    const path = fresh()
    const store = open(path)
    const { saga } = await create(store)
    await store.close()
    const db = new DatabaseSync(path)
    const added = [...MIGRATIONS, 'ALTER TABLE sagas ADD COLUMN later TEXT']
    expect(() => migrate(db, path, { migrations: [...added, 'CREATE TABLE more (x); nonsense'] })).toThrow(
      'syntax error',
    )
    expect(pragma(path, 'user_version')).toBe(MIGRATIONS.length)
    migrate(db, path, { migrations: added })
    expect(db.prepare('SELECT id, later FROM sagas').get()).toEqual({ id: saga.id, later: null })
    db.close()
  })

  test('P22 the mark of a store in use stays without sagas', async () => {
    const path = fresh()
    const adopted: boolean[] = []
    for (let times = 0; times < 2; times++) {
      const store = open(path)
      const { adoption } = store.can
      if (adoption === false) throw new TypeError('expected a store that can be adopted')
      adopted.push(await adoption.isAdopted())
      await adoption.adopt()
      await adoption.adopt()
      await store.close()
    }
    expect(adopted).toEqual([false, true])
  })

  test('P20 a probe says that it cannot be written, though it can be read', async () => {
    const path = fresh()
    const store = open(path)
    const tool = new DatabaseSync(path)
    tool.exec('BEGIN IMMEDIATE')
    expect(await store.probe()).toMatchObject({ ok: true }) // another process writes right now
    tool.exec('ROLLBACK')
    tool.exec("CREATE TRIGGER full BEFORE INSERT ON probe BEGIN SELECT raise(FAIL, 'database or disk is full'); END")
    expect(await store.probe()).toEqual({ ok: false, why: expect.stringMatching(/database or disk is full/) })
    tool.exec('DROP TRIGGER full')
    tool.close()
    expect(await store.probe()).toMatchObject({ ok: true })
    await store.close()
  })

  test('a closed store is one file with everything in it', async () => {
    const path = fresh()
    const store = open(path)
    const waiting = create(store)
    await store.close()
    const { saga } = await waiting
    expect(existsSync(`${path}-wal`)).toBe(false)
    const again = open(path)
    expect((await again.load(saga.id))?.saga).toEqual({
      ...saga,
      due: 0,
      owed: saga.owed.map((debt) => ({ ...debt, due: 0 })), // P12
    })
    await again.close()
  })

  test('a tool may read while the store is open', async () => {
    const path = fresh()
    const store = open(path)
    const made = await create(store)
    const tool = new DatabaseSync(path, { readOnly: true })
    expect(tool.prepare('SELECT state FROM sagas').all()).toEqual([{ state: 'open' }])
    await move(store, made, 'reserved')
    expect(tool.prepare('SELECT state FROM sagas').all()).toEqual([{ state: 'paying' }])
    tool.close()
    await store.close()
  })
})

describe('a file that is not', () => {
  const refused: readonly (readonly [string, (path: string) => void, RegExp])[] = [
    [
      'is not a database',
      (path) => writeFileSync(path, 'not a database at all '.repeat(200)),
      /file is not a database/,
    ],
    ['is another program’s', (path) => prepare(path, 'CREATE TABLE theirs (x)'), /database of another program/],
    [
      'is a newer version’s',
      (path) => prepare(path, `CREATE TABLE x (x); PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = 999`),
      /expected schema version \d+ or older, found version 999/,
    ],
  ]
  test.each(refused)('one that %s is refused by name, and left as it is', (_, write, why) => {
    const path = fresh()
    write(path)
    for (let time = 0; time < 2; time++) {
      expect(() => open(path)).toThrow(
        expect.objectContaining({ code: 'store-unusable', message: expect.stringMatching(why) }),
      )
      expect(() => open(path)).toThrow(`open the store "${path}"`)
    }
  })

  test('a path that cannot be opened is named', () => {
    const path = fresh()
    mkdirSync(path)
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'store-unavailable' }))
    expect(() => open(path)).toThrow(path)
  })
})

describe('one owner', () => {
  test('P12 a second owner is refused, also under another name of the file', async () => {
    const path = fresh()
    const store = open(path)
    const link = fresh()
    symlinkSync(path, link)
    for (const name of [path, link]) {
      expect(() => open(name)).toThrow(
        expect.objectContaining({ code: 'store-busy', message: expect.stringContaining(name) }),
      )
    }
    await store.close()
    await open(link).close()
  })
})
