import type * as v from 'valibot'
import { typeOf } from './describe-value.ts'
import { problemAt, type Problem } from './problem.ts'
import { formatPath, valueAt } from './json-tree.ts'

type Issue = v.BaseIssue<unknown>

/** What Valibot found → problems in our voice. A schema's message is what it expected. */
export function shapeProblems(tree: unknown, issues: readonly Issue[] = []): readonly Problem[] {
  const problems = issues.map((issue) => shapeProblem(tree, issue))
  // a value may break several rules that expect the same thing of it: not whole, and too large
  return [...new Map(problems.map((problem) => [`${problem.path}\n${problem.expected}`, problem])).values()]
}

function shapeProblem(tree: unknown, issue: Issue): Problem {
  const path = (issue.path ?? []).map(({ key }) => key as string | number)
  const expected = issue.message
  if (isKeyOfRecord(issue)) return { path: formatPath(path.slice(0, -1)), found: 'another name', expected }
  const value = valueAt(tree, path)
  // where an object or an array belongs a text may be anything, a secret too
  const structured = issue.expected === 'Object' || issue.expected === 'Array'
  return structured ? { path: formatPath(path), found: typeOf(value), expected } : problemAt(path, value, expected)
}

/** A wrong key, not a wrong value. The key itself may be a secret that was pasted there. */
function isKeyOfRecord(issue: Issue): boolean {
  return issue.path?.at(-1)?.origin === 'key' && issue.type !== 'object'
}
