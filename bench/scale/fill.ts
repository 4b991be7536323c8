import { closeSync, fsyncSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { memoryPersistency } from '../../adapters/persistency/memory.ts'
import { openSqlite } from '../../adapters/persistency/sqlite.ts'
import { MARK_COLUMNS, markBits, markValues } from '../../adapters/persistency/sqlite/marks.ts'
import { encodeHead, encodeMetadata } from '../../src/codec/head.ts'
import { encodeHistoryRow } from '../../src/codec/history-row.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import { sagaOf, stepOf } from './sagas.ts'
import type { Shape } from './sagas.ts'

export type ScaleStore = 'sqlite' | 'memory'

export interface Filling {
  readonly store: ScaleStore
  readonly shape: Shape
  readonly sagas: number
  /** Size of the file. */
  readonly path: string
}

/** Opens a store that holds `sagas` sagas. */
export function filled(filling: Filling): Promise<Persistency> {
  return filling.store === 'memory' ? filledMemory(filling) : filledSqlite(filling)
}

async function filledMemory({ sagas, shape }: Filling): Promise<Persistency> {
  const store = memoryPersistency()
  for (let place = 0; place < sagas; place++) {
    const saga = sagaOf(place, shape)
    await store.save({ sagaId: saga.id, writeId: `w.${place}`, at: saga.createdAt, step: stepOf(saga) }, saga, 'absent')
  }
  return store
}

async function filledSqlite(filling: Filling): Promise<Persistency> {
  await fillFile(filling)
  return openSqlite({ path: filling.path, random: Math.random })
}

/** Writes to a new file directly, in one unsynced transaction: through the store this would take ten minutes. */
export async function fillFile({ path, sagas, shape }: Omit<Filling, 'store'>): Promise<void> {
  await openSqlite({ path, random: Math.random }).close() // makes the tables
  const db = new DatabaseSync(path)
  db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN')
  const saga = db.prepare(
    `INSERT INTO sagas (key, id, write_id, created, entity, due, state, final, business, head, metadata, ${Object.values(MARK_COLUMNS).join(', ')})
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const history = db.prepare(
    'INSERT INTO history (saga, event, label, number, write_id, passage) VALUES (?, ?, ?, ?, ?, ?)',
  )
  for (let place = 0; place < sagas; place++) {
    const one = sagaOf(place, shape)
    const { id, createdAt, entity, due, state, isFinal, business } = one
    const [head, metadata] = [encodeHead(one), encodeMetadata(one)]
    const [key, writeId, final] = [place + 1, `w.${place}`, isFinal ? 1 : 0]
    saga.run(
      key,
      id,
      writeId,
      createdAt,
      entity,
      due ?? null,
      state,
      final,
      business?.id ?? null,
      head,
      metadata,
      ...markValues(markBits(one)),
    )
    const step = stepOf(one)
    history.run(key, step.event.id, step.event.label, 0, writeId, encodeHistoryRow(step))
  }
  db.exec('COMMIT')
  db.close()
  synced(path)
}

/** Syncs the file: the pages left to the system by the fill would slow the first commit that is measured. */
function synced(path: string): void {
  const file = openSync(path, 'r+')
  fsyncSync(file)
  closeSync(file)
}
