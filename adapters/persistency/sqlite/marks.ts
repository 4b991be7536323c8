import { ALL_MARKS, marksOf } from '../../../src/codec/mark-filter.ts'
import type { SagaMark } from '../../../src/codec/mark-filter.ts'
import type { Saga } from '../../../src/engine/saga.ts'

/** The column of each mark: 1 on the sagas that have it, else 0. Part of every stored file, so none changes meaning. */
export const MARK_COLUMNS: Readonly<Record<SagaMark, string>> = {
  owed: 'owed',
  'dead-letters': 'dead',
  parked: 'parked',
  timer: 'timed',
  hold: 'held',
}

/** The index of each mark, by creation. Its sagas are those of the condition `marked`. */
export const MARK_INDEXES: Readonly<Record<SagaMark, string>> = {
  owed: 'sagas_owed',
  'dead-letters': 'sagas_dead',
  parked: 'sagas_parked',
  timer: 'sagas_timed',
  hold: 'sagas_held',
}

/** The condition of a mark in SQL, word for word that of its partial index, which then answers it without the row. */
export function marked(mark: SagaMark): string {
  return `${MARK_COLUMNS[mark]} = 1`
}

/** The marks of a head as one number: a bit each, in the order of `ALL_MARKS`. */
export function markBits(saga: Saga): number {
  let bits = 0
  for (const mark of marksOf(saga)) bits |= 1 << ALL_MARKS.indexOf(mark)
  return bits
}

/** The value of each column of `MARK_COLUMNS`, in the order of `ALL_MARKS`. */
export function markValues(bits: number): readonly number[] {
  return ALL_MARKS.map((_, at) => (bits >> at) & 1)
}

/** The number of `markBits` of a row, in SQL, where `<<` and `|` bind alike. */
export const MARK_BITS: string = ALL_MARKS.map((mark, at) => `(${MARK_COLUMNS[mark]} << ${at})`).join(' | ')
