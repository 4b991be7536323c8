import { ALL_MARKS, marksOf } from '../../../src/codec/mark-filter.ts'
import type { SagaMark } from '../../../src/codec/mark-filter.ts'
import type { Saga } from '../../../src/engine/saga.ts'

/** The bit of each mark in the column `marks`: part of every stored file, so none changes meaning. */
export const BITS: Readonly<Record<SagaMark, number>> = { owed: 1, 'dead-letters': 2, parked: 4, timer: 8, hold: 16 }

/** The index of each mark, by creation. Its sagas are those of the condition `marked`. */
export const MARK_INDEXES: Readonly<Record<SagaMark, string>> = {
  owed: 'sagas_owed',
  'dead-letters': 'sagas_dead',
  parked: 'sagas_parked',
  timer: 'sagas_timed',
  hold: 'sagas_held',
}

/** The condition of a mark in SQL, word for word that of its partial index. */
export function marked(mark: SagaMark): string {
  return `marks & ${BITS[mark]}`
}

/** The marks of a head as one number. */
export function markBits(saga: Saga): number {
  let bits = 0
  for (const mark of marksOf(saga)) bits |= BITS[mark]
  return bits
}

/** Words of an encoded head. */
const WORDS: Readonly<Record<SagaMark, string>> = {
  owed: 'owed',
  'dead-letters': 'dead',
  parked: 'parked',
  timer: 'timer',
  hold: 'hold',
}

const bitOfHead = (mark: SagaMark) => `(json_type(head, '$.${WORDS[mark]}') IS NOT NULL) * ${BITS[mark]}`

/**
 * The column and its indexes, filled from the heads. Each index has the few sagas with its mark, and a write that changes no mark
 * touches none of them.
 */
export const MARKS_MIGRATION: string = [
  'ALTER TABLE sagas ADD COLUMN marks INTEGER NOT NULL DEFAULT 0',
  `UPDATE sagas SET marks = ${ALL_MARKS.map(bitOfHead).join(' + ')}
     WHERE (${ALL_MARKS.map((mark) => `instr(head, '"${WORDS[mark]}":') > 0`).join(' OR ')}) AND json_valid(head)`,
  ...ALL_MARKS.map((mark) => `CREATE INDEX ${MARK_INDEXES[mark]} ON sagas (created) WHERE ${marked(mark)}`),
].join(';\n')
