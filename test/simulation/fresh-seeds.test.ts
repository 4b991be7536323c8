import { describe, expect, test } from 'vitest'
import { STORE_KINDS } from '../../testing/simulation/world/stores/store-kinds.ts'
import { brokenBy, PATIENCE, runOf } from './judged.ts'

const RUNS = 400

describe('fresh seeds', () => {
  test.each(STORE_KINDS)('a store of the kind "%s": no rule is broken', { timeout: PATIENCE }, async (store) => {
    const first = Math.floor(Math.random() * 2 ** 40)
    for (let seed = first; seed < first + RUNS; seed++) {
      const run = await runOf({ seed, store })
      expect(brokenBy(run, store)).toEqual([])
    }
  })
})
