import { automatonOf, type Automaton } from './automaton.ts'
import { isLinear, isProvable } from './is-linear.ts'
import { nativeExpression } from './native-expression.ts'
import { parsePattern } from './parse-pattern.ts'
import type { PatternTree } from './pattern-tree.ts'
import { runAutomaton } from './run-automaton.ts'

/** Longest text that a pattern is tried on which may backtrack, in characters. */
export const LONGEST_TEXT = 1_000
/** Longest text for one that no automaton can follow: the host's matcher may double its time with each character. */
export const LONGEST_TEXT_UNFOLLOWED = 20

const LONGEST_PATTERN = 10_000
/** States of an automaton; more are not made. */
const MOST_STATES = 20_000
/** Bounds the steps on one text: an automaton with many states is tried on shorter texts. */
const MOST_STEPS = 4_000_000

/** The result of a pattern on a text, with what it cost in steps. */
export type PatternResult =
  | { readonly kind: 'tried'; readonly isMatch: boolean; readonly steps: number }
  /** The text is longer than the pattern is tried on. */
  | { readonly kind: 'too-long'; readonly longest: number }

/** A `pattern` of a schema, ready to be tried. */
export interface CompiledPattern {
  readonly source: string
  readonly flags: string
  /** True if the host's own matcher takes a time that is linear in the text. Otherwise the pattern may backtrack. */
  readonly isLinear: boolean
  /** True if a proof from elsewhere counts. */
  readonly isProvable: boolean
  /** Never takes long, whatever pattern and text. */
  try(text: string): PatternResult
}

/** A compiled pattern, or the words for what was expected in place of a source that is none. */
export type PatternCompilation =
  | { readonly ok: true; readonly pattern: CompiledPattern }
  | { readonly ok: false; readonly expected: string }

/**
 * Compiles a pattern, with the flag "u" where the source is valid with it, and without where it is valid only then.
 * `isKnownLinear`: somebody else has proven the source linear.
 */
export function compilePattern(source: string, isKnownLinear = false): PatternCompilation {
  if (source.length > LONGEST_PATTERN) {
    return { ok: false, expected: `a regular expression of at most ${LONGEST_PATTERN} characters` }
  }
  const expression = nativeExpression(source, 'u') ?? nativeExpression(source, '')
  if (expression === undefined) return { ok: false, expected: 'a valid regular expression' }
  const { flags } = expression
  const tree = treeOf(source, flags)
  const canBeProven = tree !== undefined && isProvable(tree)
  if ((isKnownLinear && canBeProven) || (tree !== undefined && isLinear(tree))) {
    return {
      ok: true,
      pattern: { source, flags, isLinear: true, isProvable: true, try: (text) => native(expression, text) },
    }
  }
  const automaton = tree && automatonOf(tree, MOST_STATES)
  const tryOn = automaton === undefined ? shortTexts(expression) : byAutomaton(automaton, flags)
  return { ok: true, pattern: { source, flags, isLinear: false, isProvable: canBeProven, try: tryOn } }
}

/** None for a pattern that nests deeper than the stack. */
function treeOf(source: string, flags: string): PatternTree | undefined {
  try {
    return parsePattern(source, flags)
  } catch {
    return undefined
  }
}

/** A step of an automaton takes as long as two of a check. */
const AUTOMATON_STEP = 2
/** The host's matcher reads some characters in the time of one step. */
const CHARACTERS_A_STEP = 16

function native(expression: RegExp, text: string): PatternResult {
  return { kind: 'tried', isMatch: expression.test(text), steps: Math.ceil(text.length / CHARACTERS_A_STEP) }
}

function shortTexts(expression: RegExp): CompiledPattern['try'] {
  return (text) =>
    text.length > LONGEST_TEXT_UNFOLLOWED
      ? { kind: 'too-long', longest: LONGEST_TEXT_UNFOLLOWED }
      : native(expression, text)
}

function byAutomaton(automaton: Automaton, flags: string): CompiledPattern['try'] {
  const longest = Math.min(LONGEST_TEXT, Math.floor(MOST_STEPS / statesOf(automaton)))
  return (text) => {
    if (text.length > 2 * longest) return { kind: 'too-long', longest }
    const characters = flags === 'u' ? Array.from(text) : text.split('')
    if (characters.length > longest) return { kind: 'too-long', longest }
    const { isMatch, steps } = runAutomaton(automaton, characters)
    return { kind: 'tried', isMatch, steps: steps * AUTOMATON_STEP }
  }
}

function statesOf({ states, looks }: Automaton): number {
  return looks.reduce((sum, look) => sum + statesOf(look), states.length)
}
