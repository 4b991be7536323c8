import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { canTrace, runTraced } from './durable-run.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-durable-'))
afterAll(() => rmSync(folder, { recursive: true }))

const SAGAS = 200
const possible = canTrace()
const isRequired = process.env['CI'] === 'true'
if (!possible && !isRequired) {
  process.stderr.write('left out: acknowledgements under strace (apt-get install strace, on Linux)\n')
}

test.runIf(possible || isRequired)('I1 every answer follows the sync of its write', async () => {
  const { syncs, created, moved, problems } = await runTraced(folder, SAGAS)
  expect(problems).toEqual([])
  expect({ created, moved }).toEqual({ created: SAGAS, moved: 2 * SAGAS })
  expect(syncs).toBeGreaterThan((3 * SAGAS) / 32)
})
