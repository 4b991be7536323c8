import { NO_CHARACTER, overlaps, union, type Reach } from './character-set.ts'
import type { PatternTree } from './pattern-tree.ts'

/** Ways that a backtracking matcher may have to try, of which each reads the rest of the text. */
const MOST_WAYS = 16
/** Characters that a search from every offset may read. */
const MOST_WORK = 64

/**
 * True if a backtracking matcher is certain to take a time that is linear in the length of the text. The test is structural and
 * cautious: false says nothing. A pattern passes if every decision follows from the next character, save a few finite ones.
 */
export function isLinear(tree: PatternTree): boolean {
  const { ways, longest } = costOf(tree, NO_CHARACTER)
  return isAnchored(tree) ? ways <= MOST_WAYS : ways * Math.max(1, longest) <= MOST_WORK
}

/**
 * True if the finite repeats of a pattern leave few ways. A proof for texts of any length says nothing of these: `(a{0,20}){0,20}`
 * has a constant number of ways, which is more than a matcher can try.
 */
export function isProvable(tree: PatternTree): boolean {
  return costOf(withoutEndlessRepeats(tree), NO_CHARACTER).ways <= MOST_WAYS
}

/** Repeats without an end are in the proof, with all that is in them. */
function withoutEndlessRepeats(tree: PatternTree): PatternTree {
  switch (tree.kind) {
    case 'sequence':
      return { kind: 'sequence', parts: tree.parts.map(withoutEndlessRepeats) }
    case 'choice':
      return { kind: 'choice', options: tree.options.map(withoutEndlessRepeats) }
    case 'repeat':
      return tree.most === Infinity
        ? { kind: 'sequence', parts: [] }
        : { ...tree, part: withoutEndlessRepeats(tree.part) }
    default:
      return tree
  }
}

/** The effort of a part for a backtracking matcher. */
interface Cost {
  /** Characters that may begin the part. */
  readonly first: Reach
  readonly isNullable: boolean
  /** Characters of its longest match. */
  readonly longest: number
  /** Ways through the part for one text; infinite where their number grows with the text. */
  readonly ways: number
}

const NOTHING: Cost = { first: NO_CHARACTER, isNullable: true, longest: 0, ways: 1 }
const UNKNOWN: Cost = { first: NO_CHARACTER, isNullable: true, longest: Infinity, ways: Infinity }

function costOf(tree: PatternTree, follow: Reach): Cost {
  switch (tree.kind) {
    case 'character':
      return { first: tree.set, isNullable: false, longest: 1, ways: 1 }
    case 'sequence':
      return tree.parts.reduceRight<Cost>((rest, part) => inSequence(part, rest, follow), NOTHING)
    case 'choice':
      return costOfChoice(tree.options, follow)
    case 'repeat':
      return costOfRepeat(tree, follow)
    case 'edge':
      return NOTHING
    case 'look':
    case 'other':
      return UNKNOWN
  }
}

function inSequence(part: PatternTree, rest: Cost, follow: Reach): Cost {
  const cost = costOf(part, rest.isNullable ? union(rest.first, follow) : rest.first)
  return {
    first: cost.isNullable ? union(cost.first, rest.first) : cost.first,
    isNullable: cost.isNullable && rest.isNullable,
    longest: cost.longest + rest.longest,
    ways: cost.ways * rest.ways,
  }
}

function costOfChoice(options: readonly PatternTree[], follow: Reach): Cost {
  const costs = options.map((option) => costOf(option, follow))
  const begins = costs.map(({ first, isNullable }) => (isNullable ? union(first, follow) : first))
  const isDecided =
    costs.filter(({ isNullable }) => isNullable).length <= 1 &&
    begins.every((begin, index) => begins.slice(index + 1).every((other) => !overlaps(begin, other)))
  const ways = costs.map((cost) => cost.ways)
  return {
    first: costs.map(({ first }) => first).reduce(union, NO_CHARACTER),
    isNullable: costs.some(({ isNullable }) => isNullable),
    longest: Math.max(...costs.map(({ longest }) => longest)),
    ways: isDecided ? Math.max(...ways) : ways.reduce((sum, each) => sum + each, 0),
  }
}

function costOfRepeat({ part, least, most }: Extract<PatternTree, { kind: 'repeat' }>, follow: Reach): Cost {
  const first = firstOf(part)
  const once = costOf(part, union(first, follow))
  const isDecided = !once.isNullable && (least === most || !overlaps(first, follow))
  return {
    first,
    isNullable: once.isNullable || least === 0,
    longest: most === 0 ? 0 : once.longest * most,
    ways: isDecided && once.ways === 1 ? 1 : waysOfRepeat(once.ways, least, most),
  }
}

/** The characters that may begin a part, as `costOf` finds them, but without the cost: repeats nest, and each needs its own. */
function firstOf(tree: PatternTree): Reach {
  switch (tree.kind) {
    case 'character':
      return tree.set
    case 'sequence': {
      const least = tree.parts.findIndex((part) => !isNullable(part))
      return tree.parts
        .slice(0, least === -1 ? undefined : least + 1)
        .map(firstOf)
        .reduce(union, NO_CHARACTER)
    }
    case 'choice':
      return tree.options.map(firstOf).reduce(union, NO_CHARACTER)
    case 'repeat':
      return firstOf(tree.part)
    default:
      return NO_CHARACTER
  }
}

function isNullable(tree: PatternTree): boolean {
  switch (tree.kind) {
    case 'character':
      return false
    case 'sequence':
      return tree.parts.every(isNullable)
    case 'choice':
      return tree.options.some(isNullable)
    case 'repeat':
      return tree.least === 0 || isNullable(tree.part)
    default:
      return true
  }
}

/** The ways of each possible number of rounds. */
function waysOfRepeat(ways: number, least: number, most: number): number {
  if (most - least > MOST_WORK) return Infinity
  return Array.from({ length: most - least + 1 }, (_, more) => ways ** (least + more)).reduce((sum, each) => sum + each)
}

/** True if every match begins at the start of the text. */
function isAnchored(tree: PatternTree): boolean {
  if (tree.kind === 'edge') return tree.edge === 'start'
  if (tree.kind === 'choice') return tree.options.every(isAnchored)
  return tree.kind === 'sequence' && tree.parts[0] !== undefined && isAnchored(tree.parts[0])
}
