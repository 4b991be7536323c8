import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { inspect } from '../../../cli/commands/check/inspect.ts'
import { FINDING_LEVELS } from '../../../src/config/finding.ts'
import { bytesOf, SOURCES } from './files.ts'

const DOCS = readFileSync(new URL('../../../docs/CONFIGURATION.md', import.meta.url), 'utf8')

/** The first block of this language behind a text. */
function block(behind: string, language: string): string {
  const [, found = ''] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(DOCS.slice(DOCS.indexOf(behind))) ?? []
  return found
}

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
  expect(documented).toEqual(Object.keys(FINDING_LEVELS).toSorted())
})
