import { ALL_MARKS, marksOf } from '../../../src/codec/mark-filter.ts'
import type { SagaMark } from '../../../src/codec/mark-filter.ts'
import type { Saga } from '../../../src/engine/saga.ts'

/** The part of a saga by which it is counted. Part of every stored database, and made by the script `WALK` too. */
export interface SagaClass {
  readonly isFinal: boolean
  readonly marks: readonly SagaMark[]
  readonly state: string
}

/** The class as text: `0` or `1` for final, a number with a bit for each mark, a blank, and the state. */
export function classOf(saga: Saga): string {
  const bits = marksOf(saga).reduce((sum, mark) => sum | bitOf(mark), 0)
  return `${saga.isFinal ? 1 : 0}${bits} ${saga.state}`
}

/** Reads a class. */
export function classIn(text: string): SagaClass {
  const blank = text.indexOf(' ')
  const bits = Number(text.slice(1, blank))
  return {
    isFinal: text.startsWith('1'),
    marks: ALL_MARKS.filter((mark) => (bits & bitOf(mark)) !== 0),
    state: text.slice(blank + 1),
  }
}

/** The order of the bits is stored: a new mark comes last. */
const BITS: readonly SagaMark[] = ['owed', 'dead-letters', 'parked', 'timer', 'hold']

function bitOf(mark: SagaMark): number {
  return 1 << BITS.indexOf(mark)
}
