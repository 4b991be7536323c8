import type { SchemaRun } from '../schema-run.ts'
import { Seen } from '../seen.ts'
import type { Check, KeywordContext } from './keyword-context.ts'

/** The keywords that combine schemas for one value. */
export function combiningChecks(context: KeywordContext): readonly Check[] {
  const { allOf, anyOf, oneOf, not } = context.schema
  return [
    ...inPlaceList(context, allOf),
    ...(Array.isArray(anyOf) ? [anyOfCheck(inPlaceList(context, anyOf))] : []),
    ...(Array.isArray(oneOf) ? [oneOfCheck(inPlaceList(context, oneOf))] : []),
    ...(not === undefined ? [] : [notCheck(context.inPlace(not))]),
    ...conditionChecks(context),
  ]
}

function inPlaceList(context: KeywordContext, schemas: unknown): readonly Check[] {
  return Array.isArray(schemas) ? schemas.map((schema: unknown) => context.inPlace(schema)) : []
}

/** A schema whose evaluated parts count only if it matches. */
function branch(check: Check, run: SchemaRun, seen: Seen | undefined): (value: unknown) => boolean {
  if (seen === undefined) return (value) => check(value, run, undefined)
  return (value) => {
    const own = new Seen()
    const isValid = check(value, run, own)
    if (isValid) seen.merge(own, value, run)
    return isValid
  }
}

function anyOfCheck(checks: readonly Check[]): Check {
  const expected = `a value that matches one of the ${checks.length} schemas of "anyOf"`
  return (value, run, seen) => {
    const { mark } = run
    let isValid = false
    for (const check of checks) {
      if (branch(check, run, seen)(value)) isValid = true
      if (isValid && seen === undefined) break // without notes of evaluated parts, one is enough
    }
    if (!isValid) return run.fail(value, expected)
    run.drop(mark)
    return true
  }
}

function oneOfCheck(checks: readonly Check[]): Check {
  return (value, run, seen) => {
    const { mark } = run
    const count = checks.filter((check) => branch(check, run, seen)(value)).length
    if (count === 0) return run.fail(value, `a value that matches one of the ${checks.length} schemas of "oneOf"`)
    run.drop(mark)
    return count === 1 || run.fail(value, `a value that matches one schema of "oneOf" only, not ${count}`)
  }
}

function notCheck(check: Check): Check {
  return (value, run) =>
    !run.muted(() => check(value, run, undefined)) || run.fail(value, 'a value that does not match "not"')
}

function conditionChecks(context: KeywordContext): readonly Check[] {
  const { if: condition, then, else: otherwise } = context.schema
  if (condition === undefined) return []
  const check = context.inPlace(condition)
  const [whenTrue, whenFalse] = [then, otherwise].map((part) =>
    part === undefined ? undefined : context.inPlace(part),
  )
  return [
    (value, run, seen) => {
      const isTrue = run.muted(() => branch(check, run, seen)(value))
      const chosen = isTrue ? whenTrue : whenFalse
      return chosen === undefined || chosen(value, run, seen)
    },
  ]
}
