import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { logDocs } from '../../../scripts/log-docs.ts'

test('docs/LOGS.md is what `npm run docs:logs` writes: every code with its level, words and meaning', async () => {
  expect(await readFile(new URL('../../../docs/LOGS.md', import.meta.url), 'utf8')).toBe(await logDocs())
})
