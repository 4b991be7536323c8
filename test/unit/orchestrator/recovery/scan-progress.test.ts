import { describe, expect, test } from 'vitest'
import { ScanProgress } from '../../../../src/orchestrator/recovery/scan-progress.ts'

describe('ScanProgress', () => {
  test.each([
    ['before', 99],
    ['at', 100],
  ])('I5 I9 a saga that is written %s the instant at which the last scan ended is read by the next one', (_, due) => {
    const progress = new ScanProgress(0)
    const scan = progress.fresh(100)
    scan.at = { due: 100, id: 'm', isResting: true }
    progress.ended(scan, 0)
    progress.expect(due)
    expect(progress.fresh(200).at).toEqual({ due, id: '' })
  })

  test('I5 what was read is not read again where nothing was written', () => {
    const progress = new ScanProgress(0)
    const scan = progress.fresh(100)
    scan.at = { due: 100, id: 'm' }
    progress.ended(scan, 0)
    expect(progress.fresh(200).at).toEqual({ due: 100, id: 'm' })
  })
})
