import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Instant } from '../../../../src/engine/saga.ts'
import { CLAIM, sagaOf, world } from './recovery-stage.ts'
import type { Dues } from './recovery-stage.ts'

/** Claims of the looks at these instants, after a claim that left the saga as it is. */
async function looks(dues: Dues, ...instants: readonly Instant[]) {
  const { recover, lookAt } = world()
  await recover(sagaOf(dues))
  const found: number[] = []
  for (const now of instants) found.push(await lookAt(now))
  return found
}

describe('work that is hidden behind something due', () => {
  test('P10 P18 a saga is visited when something more of it comes due, not before, and once', async () => {
    expect(await looks({ due: 90, owed: [90], deadline: 500 }, 499, 500, 501)).toEqual([0, 1, 0])
    expect(await looks({ due: 90, deadline: 90, parked: [{ due: 300, expires: 600 }] }, 299, 300)).toEqual([0, 1])
    expect(await looks({ due: 90, deadline: 90, parked: [{ expires: 600 }] }, 599, 600)).toEqual([0, 1])
    expect(await looks({ due: 100, owed: [100, 700] }, 699, 700)).toEqual([0, 1])
  })

  test('I5 a saga that the store’s order shows needs no visit', async () => {
    expect(await looks({ due: 101, owed: [101], deadline: 500 }, 100_000)).toEqual([0])
    expect(await looks({ owed: [90], deadline: 500 }, 100_000)).toEqual([0])
    expect(await looks({ due: 90, owed: [90] }, 100_000)).toEqual([0])
    expect(await looks({ due: 90, owed: [90, 700], isHeld: true }, 100_000)).toEqual([0])
    expect(await looks({ due: 90, deadline: 100 }, 100_000)).toEqual([0])
  })

  test('I5 after a write the saga is visited within a second, from the head that was written', async () => {
    const { recover, lookAt, results } = world(sagaOf({ due: 90, owed: [90, 90_000] }))
    results.claim = { kind: 'written', passed: [] }
    await recover(sagaOf({ due: 90, owed: [80] }))
    expect([await lookAt(99 + DEFAULTS.sweep), await lookAt(100 + DEFAULTS.sweep)]).toEqual([0, 1])
  })

  test('I5 a saga with one command alone is shown by the store’s order, after a write too', async () => {
    const { recover, lookAt, results } = world()
    results.claim = { kind: 'written', passed: [] }
    await recover(sagaOf({ due: 90, owed: [90] }))
    expect(await lookAt(100_000)).toBe(0)
  })

  test('I5 without a write nothing is looked at before it comes due', async () => {
    expect(await looks({ due: 90, owed: [90, 90_000] }, 89_999, 90_000)).toEqual([0, 1])
  })

  test('P16 a saga that would write nothing is not claimed, and what it hides is visited', async () => {
    const { recovery, results, lookAt, heads, claimed } = world()
    const loaded = { saga: sagaOf({ due: 90, owed: [90, 700] }), basis: 'w' }
    heads.set('s1', loaded)
    results.passed = ['bank']
    expect(recovery.skippedOf(loaded)).toEqual(['bank'])
    expect(claimed).toEqual([])
    expect([await lookAt(699), await lookAt(700)]).toEqual([0, 1])
    results.passed = undefined
    expect(recovery.skippedOf(loaded)).toBeUndefined()
    expect(await lookAt(9_000)).toBe(0)
  })

  test('P16 a bounded number of sagas is visited in one look, and a bounded number is remembered', async () => {
    const { recover, lookAt, results } = world()
    results.claim = { kind: 'failed', passed: [] }
    await Promise.all(Array.from({ length: 10_010 }, (_, at) => recover(sagaOf({}, `s${at}`))))
    expect(await lookAt(100)).toBe(1_000)
    results.claim = CLAIM
    const found: number[] = []
    for (let look = 0; look < 11; look++) found.push(await lookAt(100))
    expect(found).toEqual([...Array.from({ length: 10 }, () => 1_000), 0])
  })
})
