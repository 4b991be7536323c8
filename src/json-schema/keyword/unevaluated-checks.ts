import { isObject } from '../keyword-problems.ts'
import { atMember } from './at-member.ts'
import type { Check, KeywordContext } from './keyword-context.ts'

/** `unevaluatedProperties` and `unevaluatedItems`, which come after all other keywords of their schema. */
export function unevaluatedChecks(context: KeywordContext): readonly Check[] {
  const { draft, schema } = context
  const { unevaluatedProperties, unevaluatedItems } = schema
  if (draft === '7') return []
  return [
    ...(unevaluatedProperties === undefined ? [] : [propertiesCheck(context.child(unevaluatedProperties))]),
    ...(unevaluatedItems === undefined ? [] : [itemsCheck(context.child(unevaluatedItems))]),
  ]
}

function propertiesCheck(check: Check): Check {
  return (value, run, seen) => {
    if (!isObject(value) || seen === undefined || seen.hasAllKeys) return true
    let isValid = true
    for (const key of Object.keys(value)) {
      run.spendOnKeys(value, 1)
      if (!seen.keys.has(key) && !atMember(value, { member: key, check, run })) isValid = false
    }
    seen.hasAllKeys = true
    return isValid
  }
}

function itemsCheck(check: Check): Check {
  return (value, run, seen) => {
    if (!Array.isArray(value) || seen === undefined) return true
    let isValid = true
    run.spendOn(value, value.length)
    for (let index = seen.items; index < value.length; index++) {
      if (!seen.indexes.has(index) && !atMember(value, { member: index, check, run })) isValid = false
    }
    seen.items = Infinity
    return isValid
  }
}
