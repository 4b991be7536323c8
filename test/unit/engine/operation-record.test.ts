import { describe, expect, test } from 'vitest'
import { MOST_OPERATIONS, withOperation } from '../../../src/engine/operation-record.ts'
import type { OperationRecord } from '../../../src/engine/operation-record.ts'

function record(id: number, reason: string): OperationRecord {
  return { id: `key/${id}`, action: 'hold', at: id, operator: 'zoe', reason }
}

function after(count: number, reason: string): readonly OperationRecord[] {
  let kept: readonly OperationRecord[] | undefined
  for (let id = 1; id <= count; id++) kept = withOperation(kept, record(id, reason))
  return kept ?? []
}

describe('P25 a saga keeps a bounded number of records, of a bounded size', () => {
  test.each([
    ['short ones', 'x', MOST_OPERATIONS],
    ['long ones', 'x'.repeat(500), 28],
    ['long ones of wide characters', '\u8CC7'.repeat(500), 10],
    ['one that is larger than all may be', 'x'.repeat(20_000), 1],
  ])('%s', (_, reason, most) => {
    const kept = after(MOST_OPERATIONS + 10, reason)
    expect(kept).toHaveLength(most)
    expect(kept.at(-1)?.id).toBe(`key/${MOST_OPERATIONS + 10}`)
    const bytes = kept.reduce((sum, one) => sum + new TextEncoder().encode(JSON.stringify(one)).length, 0)
    expect(bytes <= 16_384 || most === 1).toBe(true)
  })
})

test('P25 the first record stands alone, and records that fill the room to its last byte stay', () => {
  const first = record(1, 'x')
  expect(withOperation(undefined, first)).toEqual([first])
  const empty = JSON.stringify(record(2, '')).length + JSON.stringify(first).length
  const full = record(2, 'x'.repeat(16_384 - empty))
  expect(withOperation([full], first)).toEqual([full, first])
  expect(withOperation([{ ...full, reason: `${full.reason}x` }], first)).toEqual([first])
})
