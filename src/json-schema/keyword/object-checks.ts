import { isObject } from '../keyword-problems.ts'
import type { CompiledPattern } from '../pattern/compile-pattern.ts'
import { atMember } from './at-member.ts'
import { matches, numberOf, shown, type Check, type KeywordContext } from './keyword-context.ts'

/** The keywords of objects. Other values pass. Only own keys count: `toString` is none, and `__proto__` may be one. */
export function objectChecks(context: KeywordContext): readonly Check[] {
  const { required, dependentRequired } = context.schema
  const least = numberOf(context, 'minProperties')
  const most = numberOf(context, 'maxProperties')
  return [
    ...(least === undefined ? [] : [ofSize((size) => size >= least, `an object of at least ${least} properties`)]),
    ...(most === undefined ? [] : [ofSize((size) => size <= most, `an object of at most ${most} properties`)]),
    ...(Array.isArray(required) ? [having(required)] : []),
    ...membersOf(dependentRequired).map(([key, names]) => having(names as readonly string[], key)),
    ...dependencyChecks(context),
    ...propertyChecks(context),
    ...nameChecks(context),
  ]
}

/** The entries of a keyword whose value is an object; none where the schema lacks it. */
export function membersOf(value: unknown): readonly (readonly [key: string, value: unknown])[] {
  return isObject(value) ? Object.entries(value) : []
}

function ofSize(test: (size: number) => boolean, expected: string): Check {
  return (value, run) => {
    if (!isObject(value)) return true
    const { length } = Object.keys(value)
    run.spendOn(value, length)
    return test(length) || run.fail(value, expected)
  }
}

/** All of these properties, or, with `if`, all of these where that one is present. */
function having(names: readonly string[], ifPresent?: string): Check {
  const suffix = ifPresent === undefined ? '' : `, since there is ${shown(ifPresent)}`
  const expectations = names.map((name) => ({ name, expected: `the property ${shown(name)}${suffix}` }))
  return (value, run) => {
    if (!isObject(value) || (ifPresent !== undefined && !Object.hasOwn(value, ifPresent))) return true
    run.spendOn(value, names.length)
    const missing = expectations.filter(({ name }) => !Object.hasOwn(value, name))
    for (const { expected } of missing) run.fail(value, expected)
    return missing.length === 0
  }
}

function dependencyChecks(context: KeywordContext): readonly Check[] {
  const { dependencies, dependentSchemas } = context.schema
  return [...membersOf(dependencies), ...membersOf(dependentSchemas)].map(([key, part]) => {
    if (Array.isArray(part)) return having(part, key)
    const check = context.inPlace(part)
    return (value, run, seen) => !isObject(value) || !Object.hasOwn(value, key) || check(value, run, seen)
  })
}

function propertyChecks(context: KeywordContext): readonly Check[] {
  const { properties, patternProperties, additionalProperties } = context.schema
  const named = new Map(membersOf(properties).map(([key, part]) => [key, context.child(part)]))
  const matched = membersOf(patternProperties).map(([source, part]) => ({
    pattern: context.pattern(source),
    check: context.child(part),
  }))
  const other = additionalProperties === undefined ? undefined : context.child(additionalProperties)
  if (matched.length === 0 && other === undefined) return named.size === 0 ? [] : [ofNamed(named)]
  return [ofAll({ named, matched, other })]
}

interface PropertyRules {
  readonly named: ReadonlyMap<string, Check>
  readonly matched: readonly { readonly pattern: CompiledPattern; readonly check: Check }[]
  /** For properties that no other rule is about. */
  readonly other: Check | undefined
}

function ofAll({ named, matched, other }: PropertyRules): Check {
  return (value, run, seen) => {
    if (!isObject(value)) return true
    let isValid = true
    for (const key of Object.keys(value)) {
      run.spend(value, 1)
      const own = named.get(key)
      let isMet = own !== undefined
      if (own !== undefined && !atMember(value, { member: key, check: own, run })) isValid = false
      for (const { pattern, check } of matched) {
        if (!matches(pattern, key, run)) continue
        isMet = true
        if (!atMember(value, { member: key, check, run })) isValid = false
      }
      if (isMet) seen?.keys.add(key)
      else if (other !== undefined && !atMember(value, { member: key, check: other, run })) isValid = false
      if (!isValid && run.isMuted) return false
    }
    if (other !== undefined && seen !== undefined) seen.hasAllKeys = true
    return isValid
  }
}

/** `properties` alone: no property is looked at that has no schema. */
function ofNamed(named: ReadonlyMap<string, Check>): Check {
  return (value, run, seen) => {
    if (!isObject(value)) return true
    let isValid = true
    run.spendOn(value, named.size)
    for (const [key, check] of named) {
      if (!Object.hasOwn(value, key)) continue
      seen?.keys.add(key)
      if (!atMember(value, { member: key, check, run })) isValid = false
      if (!isValid && run.isMuted) return false
    }
    return isValid
  }
}

function nameChecks(context: KeywordContext): readonly Check[] {
  const { propertyNames } = context.schema
  if (propertyNames === undefined) return []
  const check = context.child(propertyNames)
  return [
    (value, run) => {
      if (!isObject(value)) return true
      const refused = Object.keys(value).filter((key) => {
        run.spendOnKeys(value, 1)
        return !run.muted(() => check(key, run, undefined))
      })
      for (const key of refused) {
        run.path.push(key)
        run.fail(value[key], 'a property whose name matches "propertyNames"')
        run.path.pop()
      }
      return refused.length === 0
    },
  ]
}
