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

  test.each([
    ['a moment', 10, 60_000],
    ['10 s', 10_000, 200_000],
    ['an outage of an hour', 3_600_000, 240_000],
  ])('I9 after a full scan of %s the next one begins in time', (_, length, pause) => {
    const progress = new ScanProgress(0)
    const scan = progress.full(0)
    if (scan === undefined) throw new Error('there is no first scan')
    progress.ended(scan, length)
    expect(progress.full(length + pause - 1)).toBeUndefined()
    expect(progress.full(length + pause)).toMatchObject({ kind: 'full' })
  })

  test('I5 what was read is not read again where nothing was written', () => {
    const progress = new ScanProgress(0)
    const scan = progress.fresh(100)
    scan.at = { due: 100, id: 'm' }
    progress.ended(scan, 0)
    expect(progress.fresh(200).at).toEqual({ due: 100, id: 'm' })
  })
})
