import { expect, test } from 'vitest'
import { inspect } from '../../../cli/commands/check/inspect.ts'
import { bytesOf } from '../config/files.ts'
import { markedPosition, PLANTS, tutorial } from './broken-machines.ts'

const SOURCES = { variable: () => 'secret' }

test('C2.8 the tutorial with placeholders filled in has no report', async () => {
  expect(await inspect(bytesOf(JSON.stringify(tutorial(), null, 2)), { strict: false, sources: SOURCES })).toEqual([])
})

test('there are thirty plants at least, of which each kind has its own', () => {
  expect(PLANTS.length).toBeGreaterThanOrEqual(30)
  expect(new Set(PLANTS.map(({ mistake }) => mistake)).size).toBe(PLANTS.length)
})

test.each(PLANTS)('C2.8 $mistake is $code, there and alone', async ({ file: make, plant, code, at }) => {
  const file = make()
  plant(file)
  const text = JSON.stringify(file, null, 2)
  const reports = await inspect(bytesOf(text), { strict: false, sources: SOURCES })
  expect(reports.map((report) => ({ code: report.code, line: report.line, column: report.column }))).toEqual([
    { code, ...markedPosition(text, at) },
  ])
  const [{ why, mend } = { why: '', mend: '' }] = reports
  expect([why, mend]).toEqual([expect.stringMatching(/\S.*\.$/), expect.stringMatching(/\S.*\.$/)])
})
