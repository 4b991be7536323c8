import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { create, move } from '../../testing/contract/saves.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-sqlite-probe-'))
afterAll(() => rmSync(folder, { recursive: true }))

let made = 0
const fresh = (): string => join(folder, `${++made}.db`)
const open = (path: string) => openSqlite({ path, random: Math.random })

const INDEXES = ['sagas_created', 'sagas_state', 'sagas_due', 'sagas_open', 'sqlite_autoindex_sagas_1']

test.each(INDEXES)('P20 a damaged page of the index %s fails the probe until it is repaired', async (index) => {
  const path = fresh()
  const store = open(path)
  await Promise.all(Array.from({ length: 50 }, () => create(store)))
  await store.close()
  const page = pageOf(path, index)
  const before = overwrite(path, page, Buffer.alloc(4_096, 0x5a))
  const damaged = await opened(path)
  if (damaged !== undefined) {
    await expect(create(damaged)).rejects.toMatchObject({ code: 'store-unusable' })
    for (let times = 0; times < 2; times++) {
      expect(await damaged.probe()).toEqual({ ok: false, why: expect.stringMatching(/malformed/) })
    }
    await damaged.close()
  }
  overwrite(path, page, before)
  const mended = open(path)
  await create(mended)
  expect(await mended.probe()).toMatchObject({ ok: true })
  await mended.close()
})

test('P20 I9 a damaged page of the table damages its sagas only: the sweep finds the others, and new ones are created', async () => {
  const path = fresh()
  const store = open(path)
  const made = await Promise.all(
    Array.from({ length: 60 }, () => create(store, { metadata: { text: 'x'.repeat(500) } })),
  )
  await store.close()
  overwrite(path, leafOf(path, 'sagas'), Buffer.alloc(100, 0x5a))
  const passed = new Set<string>()
  const damaged = openSqlite({ path, random: Math.random, passOver: (id) => void passed.add(id) })
  const { recovery } = damaged.can
  if (recovery.by !== 'sweep') return expect.unreachable()
  const found = await recovery.findDue(Number.MAX_SAFE_INTEGER, 100)
  expect(found.length).toBeGreaterThan(40)
  expect(found.length + passed.size).toBe(60)
  const lost = made.find(({ saga }) => found.every((one) => one.saga.id !== saga.id))?.saga.id ?? ''
  await expect(damaged.load(lost)).rejects.toMatchObject({ code: 'saga-unreadable' })
  await create(damaged)
  expect(await damaged.probe()).toMatchObject({ ok: true })
  await damaged.close()
})

test('P20 I9 a damaged page of the index of ids hides no due saga of other pages', async () => {
  const path = fresh()
  const store = open(path)
  const ids = Array.from({ length: 300 }, (_, at) => `saga ${String(at).padStart(40, '0')}`)
  await Promise.all(ids.map((id) => create(store, { id }))) // one group, in this order
  await store.close()
  overwrite(path, leafOf(path, 'sqlite_autoindex_sagas_1'), Buffer.alloc(4_096))
  const damaged = open(path)
  const { recovery } = damaged.can
  if (recovery.by !== 'sweep') return expect.unreachable()
  const found: string[] = []
  for (let page = await recovery.findDue(0, 10); page.length > 0;) {
    found.push(...page.map(({ saga }) => saga.id))
    page = await recovery.findDue(0, 10, { due: 0, id: found.at(-1) ?? '' })
  }
  expect(found).toEqual(ids)
  await damaged.close()
})

test('P20 a failure of every saga fails the probe, until it is over', async () => {
  const path = fresh()
  const store = open(path)
  const tool = new DatabaseSync(path)
  expect(await store.probe()).toMatchObject({ ok: true })
  tool.exec("CREATE TRIGGER full BEFORE INSERT ON history BEGIN SELECT raise(FAIL, 'disk I/O error'); END")
  await expect(create(store)).rejects.toThrow('disk I/O error')
  // The probe before was not long ago.
  await expect
    .poll(() => store.probe(), { timeout: 10_000 })
    .toEqual({ ok: false, why: expect.stringMatching(/disk I\/O error/) })
  tool.exec('DROP TRIGGER full')
  await expect.poll(() => store.probe(), { timeout: 10_000 }).toMatchObject({ ok: true })
  expect(tool.prepare('SELECT count(*) AS n FROM sagas').get()).toEqual({ n: 0 })
  expect(tool.prepare('SELECT count(*) AS n FROM history').get()).toEqual({ n: 0 })
  tool.close()
  await store.close()
})

test('P20 a failure of one saga is no outage', async () => {
  const path = fresh()
  const store = open(path)
  const one = await create(store, { id: 'one' })
  const tool = new DatabaseSync(path)
  tool.exec(`CREATE TRIGGER odd BEFORE UPDATE ON sagas WHEN OLD.id = 'one' BEGIN SELECT raise(FAIL, 'odd'); END`)
  tool.close()
  await expect(move(store, one, 'reserved')).rejects.toThrow('odd')
  expect(await store.probe()).toMatchObject({ ok: true })
  await create(store)
  await store.close()
})

/** `undefined` where the start refuses it. */
async function opened(path: string): Promise<ReturnType<typeof open> | undefined> {
  try {
    return open(path)
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'store-unusable' })
    return undefined
  }
}

function pageOf(path: string, index: string): number {
  const tool = new DatabaseSync(path, { readOnly: true })
  const row = tool.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(index)
  tool.close()
  return Number(row?.['rootpage'])
}

/** The first leaf of a tree of two levels, by the first cell of its root. */
function leafOf(path: string, tree: string): number {
  const file = openSync(path, 'r')
  const root = Buffer.alloc(4_096)
  readSync(file, root, 0, root.length, (pageOf(path, tree) - 1) * 4_096)
  closeSync(file)
  expect([2, 5]).toContain(root[0]) // an inner page of an index, or of a table
  return root.readUInt32BE(root.readUInt16BE(12))
}

/** Answers the previous bytes. */
function overwrite(path: string, page: number, bytes: Buffer): Buffer {
  const file = openSync(path, 'r+')
  const before = Buffer.alloc(bytes.length)
  readSync(file, before, 0, bytes.length, (page - 1) * 4_096)
  writeSync(file, bytes, 0, bytes.length, (page - 1) * 4_096)
  closeSync(file)
  return before
}
