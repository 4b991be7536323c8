import { describe, expect, test } from 'vitest'
import { hunt } from '../../scripts/defects/hunt.ts'
import { mustApply, plantedCopy } from '../../scripts/defects/planted-copy.ts'
import { plantedDefects } from '../../scripts/defects/planted-defect.ts'
import { PATIENCE } from './judged.ts'

/** Seeds in which each planted defect is found. */
const MOST = 20_000
/** Defects of the gate: of the engine, of the codec, of writes, of sends and of recovery. `npm run defects` hunts for all. */
const IN_THE_GATE = [
  'step-wipes-the-outbox',
  'applied-event-is-forgotten',
  'unanswered-save-counts-as-saved',
  'settled-when-it-is-queued',
  'resting-sagas-are-not-found',
]

const DEFECTS = plantedDefects()

describe('planted defects', () => {
  test('there are at least twenty-five, and every patch fits the code', { timeout: PATIENCE }, () => {
    expect(DEFECTS.length).toBeGreaterThanOrEqual(25)
    mustApply(DEFECTS)
  })

  test('a patch that does not fit ends with its name', { timeout: PATIENCE }, () => {
    const [defect] = DEFECTS
    if (defect === undefined) throw new Error('there is no planted defect')
    const other = { ...defect, name: 'outdated', path: 'test/simulation/next-task.ts' }
    expect(() => plantedCopy(other)).toThrow('plant the defect "outdated": test/simulation/next-task.ts does not apply')
  })

  test.each(IN_THE_GATE)('%s: the checker names the rule that it breaks', { timeout: PATIENCE }, async (name) => {
    const defect = DEFECTS.find((one) => one.name === name)
    if (defect === undefined) throw new Error(`there is no planted defect "${name}"`)
    const { found } = await hunt(defect, { from: 1, seeds: MOST })
    expect(found?.rules).toContain(defect.rule)
  })
})
