import type * as v from 'valibot'
import { describeMisplaced } from './describe-value.ts'
import { formatPath, valueAt } from './json-tree.ts'
import { problemAt, type Problem } from './problem.ts'

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
  if (isKeyOfRecord(issue)) return { path: formatPath(path.slice(0, -1)), found: 'another name', expected }
  const value = valueAt(input, path)
  const isStructure = issue.expected === 'Object' || issue.expected === 'Array'
  if (isStructure) return { path: formatPath(path), found: describeMisplaced(value, path), expected }
  return problemAt(path, value, expected)
}

/** True if the key is wrong, not the value. The key may be a pasted secret, so it is not shown. */
function isKeyOfRecord(issue: ShapeIssue): boolean {
  return issue.path?.at(-1)?.origin === 'key' && issue.type !== 'object'
}
