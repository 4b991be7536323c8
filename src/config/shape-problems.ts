import type * as v from 'valibot'
import { describeMisplaced } from './describe-value.ts'
import { formatPath, valueAt } from './json-tree.ts'
import { mismatchAt, problem, type Mismatch, type Problem } from './problem.ts'
import type { ProblemCode } from './problem-codes.ts'
import { isLaterFeature } from './schema-parts.ts'

type ShapeIssue = v.BaseIssue<unknown>

/** Valibot's issues → problems. The message of a schema says what it expects. */
export function shapeProblems(input: unknown, issues: readonly ShapeIssue[] = []): readonly Problem[] {
  const problems = issues.map((issue) => shapeProblem(input, issue))
  // a value may break several rules with one message: not an integer, and too large
  return [...new Map(problems.map((problem) => [`${problem.path}\n${problem.expected}`, problem])).values()]
}

function shapeProblem(input: unknown, issue: ShapeIssue): Problem {
  const path = (issue.path ?? []).map(({ key }) => key as string | number)
  const expected = issue.message
  if (isKeyOfRecord(issue)) {
    return problem('header.invalid', { path: formatPath(path.slice(0, -1)), found: 'another name', expected })
  }
  const value = valueAt(input, path)
  const isStructure = issue.expected === 'Object' || issue.expected === 'Array'
  const mismatch = isStructure
    ? { path: formatPath(path), found: describeMisplaced(value, path), expected }
    : mismatchAt(path, value, expected)
  return problem(codeOf(mismatch, value), mismatch)
}

function codeOf({ expected }: Mismatch, value: unknown): ProblemCode {
  if (isLaterFeature(expected)) return 'feature.later'
  return value === undefined ? 'value.missing' : 'value.invalid'
}

/** True if the key is wrong, not the value. The key may be a pasted secret, so it is not shown. */
function isKeyOfRecord(issue: ShapeIssue): boolean {
  return issue.path?.at(-1)?.origin === 'key' && issue.type !== 'object'
}
