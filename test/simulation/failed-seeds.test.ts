import { describe, expect, test } from 'vitest'
import { brokenBy, runOf } from './judged.ts'

/**
 * Seeds that have broken a rule, and the fault that they found. A seed means the same run as long as the simulation draws the same
 * numbers; the fault has a unit test of its own, which stays.
 */
const FAILED: readonly (readonly [seed: number, fault: string])[] = [
  [989, 'a move by hand without the command was resent by the deadline of its state'],
  [204_835, 'a resend whose write landed without an answer was settled by the delivery before it, and never sent'],
  [
    237_642,
    'a command of the state left was resent by the deadline of the next one, which was entered in the same millisecond',
  ],
  [10_058_786, 'the same as 204835, where another process wrote between the write and its second try'],
  [20_156_754, 'a release sent a command that a process whose clock was ahead had leased before the hold'],
  [300_020_099, 'after a full scan that had to wait for its store, the next one came twenty times that wait later'],
  [30_009_519, 'a command of the state before was resent, where a clock was behind that of a patch of the metadata'],
  [
    400_005_667,
    'a claim that lost its write forgot that this process held another command, which a later one then overtook',
  ],
]

describe('seeds that failed', () => {
  test.each(FAILED)('%i: %s', async (seed) => {
    expect(brokenBy(await runOf({ seed }))).toEqual([])
  })
})
