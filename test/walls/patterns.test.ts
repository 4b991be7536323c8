import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { patterns, patternsOf } from './patterns.ts'
import { ROOT } from './tools.ts'

process.env['RECHECK_BACKEND'] = 'pure' // the same answer on every machine, and no process of its own
const { checkSync } = await import('recheck')

const FILES = '{src,adapters,workers,cli}/**/*.{ts,mjs}'

/**
 * A pattern is safe where its time grows with the length of a text, not with its square or worse. The automaton alone judges,
 * without a time-out: the checker's own search for slow texts finds more or less by how busy the machine is.
 */
function verdict(source: string, flags: string): string {
  const said = checkSync(source, flags, { checker: 'automaton', timeout: null as unknown as number })
  if (said.status === 'safe') return said.status
  return said.status === 'vulnerable' ? `vulnerable, ${said.complexity.summary}` : `unknown, ${said.error.kind}`
}

describe('C8 no pattern of the product backtracks', () => {
  test('C8 every regular expression takes linear time', { timeout: 120_000 }, () => {
    const found = patterns(ROOT, FILES)
    expect(found.length).toBeGreaterThan(40)
    const slow = found.flatMap(({ place, source, flags }) => {
      const said = verdict(source, flags)
      return said === 'safe' ? [] : [`${place}: /${source}/${flags} is ${said}`]
    })
    expect(slow).toEqual([])
  })

  test.each([
    ['two runs of white space around what may be absent', String.raw`/^json\s*(?:;\s*)?;?\s*$/`],
    ['the end of a text looked for from every place', String.raw`/\s+$/`],
    ['a repeated group that repeats', String.raw`/^(?:a+)+$/`],
    ['a pattern that a call makes', String.raw`new RegExp('^(a|a)*$')`],
    ['a pattern with a gap that a call makes', 'RegExp(`^${prefix}(?:\\\\w+)*$`, "u")'],
    ['a pattern made of what is not known here', 'new RegExp(given)'],
  ])('C8 is found: %s', (_, source) => {
    const [found, ...others] = patternsOf(
      'planted.ts',
      `export const is = (text: string): boolean => (${source}).test(text)`,
    )
    expect(others).toEqual([])
    expect(verdict(found?.source ?? '', found?.flags ?? '')).not.toBe('safe')
  })
})
