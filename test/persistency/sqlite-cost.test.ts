import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import type { Loaded, Persistency } from '../../src/ports/persistency.ts'
import { amend, birth, step } from '../../testing/contract/build.ts'
import { create, move, note, save } from '../../testing/contract/saves.ts'
import { emptyLog, readLog } from './wal.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-sqlite-cost-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Costs in pages and commits of the write-ahead log, never in time. */
async function measured(name: string, run: (store: Persistency, path: string) => Promise<void>): Promise<void> {
  const path = join(folder, `${name}.db`)
  const store = openSqlite({ path, random: Math.random })
  try {
    await run(store, path)
  } finally {
    await store.close()
  }
}

test('I1 concurrent saves are one commit and are answered after it', () =>
  measured('group', async (store, path) => {
    emptyLog(path)
    const made = await Promise.all(Array.from({ length: 64 }, () => create(store)))
    expect(readLog(path).commits).toBe(1)
    await Promise.all(made.map((saga) => move(store, saga, 'reserved')))
    expect(readLog(path).commits).toBe(2)
  }))

test('I1 no more than 512 saves share a commit, and none waits for the next event', () =>
  measured('groups', async (store, path) => {
    emptyLog(path)
    await Promise.all(Array.from({ length: 1_025 }, () => create(store)))
    expect(readLog(path).commits).toBe(3)
  }))

test('P2 saves that lose write nothing', () =>
  measured('losers', async (store, path) => {
    const made = await create(store)
    await move(store, made, 'reserved')
    emptyLog(path)
    await Promise.all(Array.from({ length: 10 }, () => save(store, step(made.saga, 'reserved'), made.basis)))
    expect(readLog(path)).toEqual({ bytes: 0, pages: 0, commits: 0 })
  }))

test('event 10,000 writes what event 10 wrote', { timeout: 60_000 }, () =>
  measured('growth', async (store, path) => {
    const made = await create(store)
    const settled = await note(store, made, { settled: made.saga.owed.map(({ id }) => id) })
    const tenth = await walk(store, await move(store, settled, 'waved through'), 10)
    const [early, then] = await costOf(path, () => walk(store, tenth, 100))
    const long = await walk(store, then, 9_890)
    const [late] = await costOf(path, () => walk(store, long, 100))
    expect(late / early, 'pages of the file split now and then').toBeLessThan(1.5)
  }),
)

test('P1 bookkeeping writes one row', () =>
  measured('bookkeeping', async (store, path) => {
    const born = birth({ metadata: { text: 'x'.repeat(1_000) } })
    const made = await create(store, { id: born.next.id })
    emptyLog(path)
    await save(store, amend(made.saga, {}), made.basis)
    expect(readLog(path).pages).toBeLessThanOrEqual(2)
  }))

async function walk(store: Persistency, from: Loaded, events: number): Promise<Loaded> {
  let saga = from
  for (let n = 0; n < events; n++) saga = await move(store, saga, 'asked again')
  return saga
}

/** Bytes that `run` appends to the log. */
async function costOf<T>(path: string, run: () => Promise<T>): Promise<[number, T]> {
  emptyLog(path)
  const result = await run()
  return [readLog(path).bytes, result]
}
