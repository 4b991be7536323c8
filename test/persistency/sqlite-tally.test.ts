import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { SqliteNumbers } from '../../adapters/persistency/sqlite/numbers.ts'
import { SqliteTally } from '../../adapters/persistency/sqlite/tally.ts'
import { StateTally } from '../../src/codec/state-count.ts'
import type { StateCount } from '../../src/codec/state-count.ts'
import type { Saga } from '../../src/engine/saga.ts'
import type { Basis, CountQuery, Persistency } from '../../src/ports/persistency.ts'
import type { RunSlice } from '../../src/slices.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-tally-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Numbers between 0 and 1, the same for the same seed. */
function sequence(seed: number): () => number {
  let state = seed
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
}

const STATES = ['asked', 'paid', 'done', 'lost'] as const

/** A store, and the sagas that were saved in it. */
class Model {
  readonly sagas = new Map<string, { readonly saga: Saga; readonly basis: Basis }>()
  readonly store: Persistency
  readonly #random: () => number
  #writes = 0

  constructor(name: string, seed: number) {
    this.store = openSqlite({ path: join(folder, name), random: Math.random })
    this.#random = sequence(seed)
  }

  /** Writes that are committed together; of two to one saga, one is a conflict. */
  async writes(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#write()))
  }

  async #write(): Promise<void> {
    const known = [...this.sagas.keys()]
    const isNew = known.length === 0 || this.#random() < 0.4
    const id = isNew ? `s${++this.#writes}` : (known[Math.floor(this.#random() * known.length)] as string)
    const saga = this.#sagaOf(id)
    const change = { sagaId: id, writeId: `w${++this.#writes}`, at: saga.updatedAt }
    const saved = await this.store.save(change, saga, this.sagas.get(id)?.basis ?? 'absent')
    if (saved.kind === 'saved') this.sagas.set(id, { saga, basis: saved.basis })
  }

  async remove(): Promise<void> {
    const { removal } = this.store.can
    if (removal === false) throw new Error('expected a store that removes')
    await removal.removeFinal(this.#writes / 4, 3)
    for (const id of this.sagas.keys()) if ((await this.store.load(id)) === undefined) this.sagas.delete(id)
  }

  expected({ currentState, isFinal }: CountQuery): readonly StateCount[] {
    const tally = new StateTally()
    for (const { saga } of this.sagas.values())
      if ((currentState ?? saga.state) === saga.state && (isFinal ?? saga.isFinal) === saga.isFinal) tally.add(saga)
    return tally.counts
  }

  async count(query: CountQuery): Promise<unknown> {
    const { counts } = this.store.can
    if (counts === false) throw new Error('expected a store that counts')
    return counts.count(query)
  }

  #sagaOf(id: string): Saga {
    const at = ++this.#writes
    const state = STATES[Math.floor(this.#random() * STATES.length)] ?? 'asked'
    const isFinal = state === 'done' || (state === 'lost' && this.#random() < 0.5)
    const owes = this.#random() < 0.3
    const debt = { id: `c${at}`, label: 'l', channel: 'x', attempts: 0, since: at, due: at }
    const letter = { ...debt, payload: {}, why: '400', at }
    return {
      id,
      entity: '',
      state,
      latestEvent: 'e',
      isFinal,
      length: 1,
      metadata: {},
      owed: owes ? [debt] : [],
      deadLetters: this.#random() < 0.2 ? [letter] : [],
      parked: [],
      ...(this.#random() < 0.2 && { hold: { since: at } }),
      due: owes ? at : undefined,
      createdAt: at,
      updatedAt: at,
    } as Saga
  }
}

const QUERIES: readonly CountQuery[] = [
  {},
  { isFinal: true },
  { isFinal: false },
  { currentState: 'lost' },
  { currentState: 'lost', isFinal: true },
  { currentState: 'none' },
]

test.each([1, 2])(
  'C7 numbers that the writes keep are those of the sagas, whenever one asks (seed %s)',
  async (seed) => {
    const model = new Model(`kept-${seed}.sqlite`, seed)
    await model.writes(40)
    // The first count is under way while writes go on.
    const first = model.count({})
    for (let at = 0; at < 6; at++) await Promise.all([model.writes(9), at === 2 ? model.remove() : undefined])
    await first
    for (let round = 0; round < 12; round++) {
      await model.writes(15)
      if (round % 3 === 0) await model.remove()
      for (const query of QUERIES)
        expect(await model.count(query), JSON.stringify(query)).toEqual(model.expected(query))
    }
    await model.store.close()
  },
)

test('C7 a write that fails makes the numbers begin anew', async () => {
  const model = new Model('failed.sqlite', 4)
  await model.writes(20)
  expect(await model.count({})).toEqual(model.expected({}))
  const other = new DatabaseSync(join(folder, 'failed.sqlite'))
  other.exec("CREATE TRIGGER refuse BEFORE INSERT ON sagas BEGIN SELECT RAISE(ABORT, 'refused'); END")
  await expect(model.writes(30)).rejects.toThrow()
  other.exec('DROP TRIGGER refuse')
  other.close()
  await model.writes(20)
  const refound = new Map<string, Saga>()
  for (const [id, { saga }] of model.sagas) if ((await model.store.load(id)) !== undefined) refound.set(id, saga)
  expect(refound.size).toBe(model.sagas.size)
  expect(await model.count({})).toEqual(model.expected({}))
  await model.store.close()
})

test('C7 I5 once they are kept, the numbers of any number of sagas need no look at the file', async () => {
  const path = join(folder, 'many.sqlite')
  await openSqlite({ path, random: Math.random }).close()
  const db = new DatabaseSync(path)
  db.exec(`WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 50000)
    INSERT INTO sagas (id, write_id, created, entity, state, final, head, metadata)
    SELECT 's' || n, 'w', n, '', CASE n % 5 WHEN 0 THEN 'done' ELSE 'asked' END, n % 5 = 0, '{}', '{}' FROM n`)
  let slices = 0
  const run: RunSlice = async (slice) => {
    slices++
    return slice(() => true)
  }
  const numbers = new SqliteNumbers(db, { run, tally: new SqliteTally(path, run) })
  const none = { owed: 0, deadLetters: 0, parked: 0, timers: 0, held: 0 }
  const counted = [
    { state: 'asked', total: 40_000, ...none },
    { state: 'done', total: 10_000, ...none },
  ]
  expect(await numbers.count({})).toEqual(counted)
  expect(slices).toBeGreaterThan(5)
  slices = 0
  for (let at = 0; at < 100; at++) expect(await numbers.count({})).toEqual(counted)
  expect(await numbers.count({ isFinal: true })).toEqual(counted.slice(1))
  expect(slices).toBe(0)
  db.close()
})
