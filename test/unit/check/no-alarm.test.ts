import { expect, test } from 'vitest'
import { inspect } from '../../../cli/commands/check/inspect.ts'
import { describeReport } from '../../../cli/commands/check/format-text.ts'
import { bytesOf } from '../config/files.ts'
import { GOOD, type Tree } from './good-machines.ts'

const SOURCES = { variable: () => 'secret', readFile: () => Promise.resolve(bytesOf('secret')) }

async function reportsOf(file: Tree): Promise<readonly string[]> {
  const reports = await inspect(bytesOf(JSON.stringify(file, null, 2)), { strict: false, sources: SOURCES })
  return reports.map((report) => `${report.level} ${report.code} ${describeReport(report)}`)
}

test.each(GOOD)('C2.8 no report of %s', async (_, file) => {
  expect(await reportsOf(file)).toEqual([])
})
