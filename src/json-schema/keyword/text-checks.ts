import { formatOf } from '../format/formats.ts'
import type { SchemaRun } from '../schema-run.ts'
import { matches, numberOf, shown, type Check, type KeywordContext } from './keyword-context.ts'

/** The keywords of strings, and `format`, which has names for numbers too. Other values pass. */
export function textChecks(context: KeywordContext): readonly Check[] {
  const least = numberOf(context, 'minLength')
  const most = numberOf(context, 'maxLength')
  return [
    ...(least === undefined ? [] : [atLeast(least)]),
    ...(most === undefined ? [] : [atMost(most)]),
    ...patternChecks(context),
    ...formatChecks(context),
  ]
}

function atLeast(least: number): Check {
  const expected = `a string of at least ${least} characters`
  return (value, run) =>
    typeof value !== 'string' ||
    (value.length >= least && lengthOf(value, 2 * least, run) >= least) ||
    run.fail(value, expected)
}

function atMost(most: number): Check {
  const expected = `a string of at most ${most} characters`
  return (value, run) =>
    typeof value !== 'string' ||
    value.length <= most ||
    (value.length <= 2 * most && lengthOf(value, Infinity, run) <= most) ||
    run.fail(value, expected)
}

/** Characters, of which one may have two units. A text of `enough` units is not counted: it has half as many characters at least. */
function lengthOf(text: string, enough: number, run: SchemaRun): number {
  if (text.length >= enough) return text.length
  run.spendOn(text, text.length)
  let count = 0
  for (const _ of text) count += 1
  return count
}

function patternChecks(context: KeywordContext): readonly Check[] {
  const { pattern: source } = context.schema
  if (typeof source !== 'string') return []
  const pattern = context.pattern(source)
  const expected = `a string that matches ${shown(source)}`
  return [(value, run) => typeof value !== 'string' || matches(pattern, value, run) || run.fail(value, expected)]
}

/** Characters that a format reads in the time of one step. */
const CHARACTERS_A_STEP = 4

function formatChecks({ schema: { format } }: KeywordContext): readonly Check[] {
  const known = typeof format === 'string' ? formatOf(format) : undefined
  if (known === undefined) return []
  const expected = `the format ${shown(format)}`
  return [
    (value, run) => {
      if (typeof value !== known.type) return true
      if (typeof value === 'string') run.spend(value, Math.ceil(value.length / CHARACTERS_A_STEP))
      return known.test(value) || run.fail(value, expected)
    },
  ]
}
