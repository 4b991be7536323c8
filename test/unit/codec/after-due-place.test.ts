import { describe, expect, test } from 'vitest'
import { afterDuePlace } from '../../../src/codec/after-due-place.ts'
import type { DueSaga } from '../../../src/codec/after-due-place.ts'

const FOUND: DueSaga[] = [
  { id: 'a', due: 1 },
  { id: 'b', due: 1 },
  { id: 'c', due: 2 },
]
const of = (one: DueSaga) => one

describe('what comes after a place', () => {
  test('P17 is all of it where there is none, and what follows the saga where that is there', () => {
    expect(afterDuePlace(FOUND, undefined, { of, isAll: false })).toEqual(FOUND)
    expect(afterDuePlace(FOUND, { id: 'a', due: 1 }, { of, isAll: false })?.map(({ id }) => id)).toEqual(['b', 'c'])
  })

  test('P17 is all of it where the saga has left its place, once its instant was read to the end', () => {
    expect(afterDuePlace(FOUND, { id: 'x', due: 1 }, { of, isAll: false })).toEqual(FOUND)
    expect(afterDuePlace(FOUND.slice(0, 2), { id: 'x', due: 1 }, { of, isAll: false })).toBeUndefined()
    expect(afterDuePlace(FOUND.slice(0, 2), { id: 'x', due: 1 }, { of, isAll: true })).toEqual(FOUND.slice(0, 2))
    expect(afterDuePlace([], { id: 'x', due: 1 }, { of, isAll: false })).toBeUndefined()
  })
})
