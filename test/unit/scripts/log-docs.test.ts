import { glob, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { logDocs } from '../../../scripts/log-docs.ts'
import { LOG_CODES } from '../../../src/ports/log-codes.ts'

const ROOT = new URL('../../../', import.meta.url)

test('docs/LOGS.md is what `npm run docs:logs` writes: every code with its level, words and meaning', async () => {
  expect(await readFile(new URL('../../../docs/LOGS.md', import.meta.url), 'utf8')).toBe(await logDocs())
})

test('every code is written somewhere', async () => {
  const sources: string[] = []
  for await (const path of glob('{src,adapters,workers,scripts}/**/*.ts', { cwd: ROOT })) {
    if (!path.endsWith('log-codes.ts')) sources.push(await readFile(new URL(path, ROOT), 'utf8'))
  }
  const all = sources.join('\n')
  expect(Object.keys(LOG_CODES).filter((code) => !all.includes(`'${code}'`))).toEqual([])
})
