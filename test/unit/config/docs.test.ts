import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { formatText } from '../../../cli/commands/check/format-text.ts'
import { inspect } from '../../../cli/commands/check/inspect.ts'
import { describeProblem } from '../../../src/config/problem.ts'
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
  expect(await inspect(bytesOf(saga), { strict: false, sources: SOURCES })).toEqual([])
  expect(block('## A saga.json of your own', 'console', README)).toContain('saga.json: no problems, no warnings')
  expect(block('# Configuration', 'json')).toBe(saga)
})

test('C1.2 docs/CONFIGURATION.md shows what check and a start say of wrong.json', async () => {
  const reports = await inspect(bytesOf(block('`wrong.json`:', 'json')), { strict: false, sources: SOURCES })
  const shown = formatText([{ path: 'wrong.json', reports }], false)
  expect(block('`wrong.json`:', 'console')).toBe(`$ npx batuta check wrong.json\n${shown}`)
  const problems = reports.filter(({ level }) => level === 'error').map((problem) => `  ${describeProblem(problem)}`)
  const [head, ...lines] = block('A service that is started', 'console').split('\n').slice(1, -1)
  expect(head).toBe(`batuta could not start: read the configuration: ${problems.length} problems`)
  expect(lines.toSorted()).toEqual(problems.toSorted())
})
