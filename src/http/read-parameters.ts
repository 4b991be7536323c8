import type { Context } from 'hono'
import * as v from 'valibot'
import { queryParameters } from './query-parameters.ts'

/** The query of a request by its schema, or a sentence that names everything that is wrong with it. `kind`: the noun for a parameter. */
export function readParameters<T>(c: Context, schema: v.GenericSchema<unknown, T>, kind = 'parameter'): T | string {
  const given = new Map<string, string>()
  for (const [name, value] of queryParameters(c)) {
    if (given.has(name)) return `${name.slice(0, 200)} is given more than once`
    given.set(name, value)
  }
  const read = v.safeParse(schema, Object.fromEntries(given))
  return read.success ? read.output : read.issues.map((issue) => explain(issue, kind)).join('; ')
}

function explain(issue: v.BaseIssue<unknown>, kind: string): string {
  const path = v.getDotPath(issue) ?? 'the query'
  return issue.type === 'strict_object' ? `${path.slice(0, 200)} is not a known ${kind}` : `${path} ${issue.message}`
}
