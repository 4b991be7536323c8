import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { patterns, patternsOf } from './patterns.ts'
import { ROOT } from './tools.ts'

process.env['RECHECK_BACKEND'] = 'pure' // the same answer on every machine, and no process of its own
const { checkSync } = await import('recheck')

/** Patterns of saga.json, of which nothing is known here: `compilePattern` bounds the texts that they are tried on. */
const USER_PATTERNS = 'src/json-schema/pattern/native-expression.ts:'
const FILES = '{src,adapters,workers,cli}/**/*.{ts,mjs}'

/**
 * Safe: its time is linear in the length of the text. The automaton decides without a time-out; the checker's own search for
 * slow texts would depend on the load of the machine.
 */
function verdict(source: string, flags: string): string {
  const said = checkSync(source, flags, { checker: 'automaton', timeout: null as unknown as number })
  if (said.status === 'safe') return said.status
  return said.status === 'vulnerable' ? `vulnerable, ${said.complexity.summary}` : `unknown, ${said.error.kind}`
}

describe('C8 no pattern of the product backtracks', () => {
  test('C8 every regular expression takes linear time', { timeout: 120_000 }, () => {
    const found = patterns(ROOT, FILES).filter(({ location }) => !location.startsWith(USER_PATTERNS))
    expect(found.length).toBeGreaterThan(40)
    const slow = found.flatMap(({ location, source, flags }) => {
      const said = verdict(source, flags)
      return said === 'safe' ? [] : [`${location}: /${source}/${flags} is ${said}`]
    })
    expect(slow).toEqual([])
  })

  test.each([
    ['two runs of white space around what may be absent', String.raw`/^json\s*(?:;\s*)?;?\s*$/`],
    ['the end of a text searched from every offset', String.raw`/\s+$/`],
    ['a repeated group that repeats', String.raw`/^(?:a+)+$/`],
    ['a pattern that a call makes', String.raw`new RegExp('^(a|a)*$')`],
    ['a pattern with a gap that a call makes', 'RegExp(`^${prefix}(?:\\\\w+)*$`, "u")'],
    ['a pattern of an unknown text', 'new RegExp(given)'],
  ])('C8 finds %s', (_, source) => {
    const [found, ...others] = patternsOf(
      'planted.ts',
      `export const is = (text: string): boolean => (${source}).test(text)`,
    )
    expect(others).toEqual([])
    expect(verdict(found?.source ?? '', found?.flags ?? '')).not.toBe('safe')
  })
})
