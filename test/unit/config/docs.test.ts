import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { inspect } from '../../../cli/commands/check/inspect.ts'
import { FINDINGS } from '../../../src/config/finding.ts'
import { bytesOf, SOURCES } from './files.ts'

const DOCS = readFileSync(new URL('../../../docs/CONFIGURATION.md', import.meta.url), 'utf8')
const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')

/** The first block of this language after a text. */
function block(after: string, language: string, page = DOCS): string {
  const [, found = ''] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page.slice(page.indexOf(after))) ?? []
  return found
}

test('C2 the saga.json of README.md and docs/CONFIGURATION.md is valid, as `check` prints there', async () => {
  const saga = block('## A saga.json of your own', 'json', README)
  const { problems, warnings } = await inspect(bytesOf(saga), { strict: false, sources: SOURCES })
  expect([problems, warnings]).toEqual([[], []])
  expect(block('## A saga.json of your own', 'console', README)).toContain('saga.json: no problems, no warnings')
  expect(block('# Configuration', 'json')).toBe(saga)
})

test('C1.2 docs/CONFIGURATION.md shows what check and a start say of wrong.json', async () => {
  const { problems, warnings } = await inspect(bytesOf(block('`wrong.json`:', 'json')), {
    strict: false,
    sources: SOURCES,
  })
  const lines = [...problems, ...warnings.map((warning) => `warning: ${warning}`)]
  const count = `wrong.json: ${problems.length} problems, ${warnings.length} warnings`
  expect(block('`wrong.json`:', 'console')).toBe(['$ npx batuta check wrong.json', ...lines, count, ''].join('\n'))
  const start = ['batuta could not start: read the configuration: 7 problems', ...problems.map((line) => `  ${line}`)]
  expect(block('A service that is started', 'console').split('\n').slice(1, -1)).toEqual(start)
})

test('C2.8 docs/CONFIGURATION.md has every code of a finding', () => {
  const documented = [...DOCS.matchAll(/^\| `([a-z]+\.[a-z]+)` \|/gm)].map(([, code]) => code)
  expect(documented).toEqual(Object.keys(FINDINGS).toSorted())
})
