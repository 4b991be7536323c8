import type { SchemaRun } from '../schema-run.ts'
import { isComposite } from '../sorted-text.ts'
import { atMember } from './at-member.ts'
import { numberOf, type Check, type KeywordContext } from './keyword-context.ts'

/** The keywords of arrays. Other values pass. */
export function arrayChecks(context: KeywordContext): readonly Check[] {
  const least = numberOf(context, 'minItems')
  const most = numberOf(context, 'maxItems')
  return [
    ...(least === undefined ? [] : [onArray((items) => items.length >= least, `an array of at least ${least} items`)]),
    ...(most === undefined ? [] : [onArray((items) => items.length <= most, `an array of at most ${most} items`)]),
    ...(context.schema['uniqueItems'] === true ? [onArray(areUnique, 'an array without equal items')] : []),
    ...itemChecks(context),
    ...containsChecks(context),
  ]
}

type Items = readonly unknown[]

function onArray(test: (items: Items, run: SchemaRun) => boolean, expected: string): Check {
  return (value, run) => !Array.isArray(value) || test(value, run) || run.fail(value, expected)
}

function areUnique(items: Items, run: SchemaRun): boolean {
  const plain = new Set<unknown>()
  const composite = new Set<string>()
  return items.every((item) => {
    const [set, key] = isComposite(item) ? [composite, run.textOf(item)] : [plain, item]
    run.spend(items, 1)
    if ((set as Set<unknown>).has(key)) return false
    ;(set as Set<unknown>).add(key)
    return true
  })
}

/** The first items by their index, and the others. Drafts name these two differently. */
function itemChecks(context: KeywordContext): readonly Check[] {
  const { draft, schema } = context
  const { items, prefixItems, additionalItems } = schema
  const isTuple = draft !== '2020-12' && Array.isArray(items)
  const first = draft === '2020-12' ? prefixItems : isTuple ? items : undefined
  const other = isTuple ? additionalItems : items
  const prefix = Array.isArray(first) ? first.map((part: unknown) => context.child(part)) : []
  const rest = other === undefined ? undefined : context.child(other)
  if (prefix.length === 0 && rest === undefined) return []
  return [
    (value, run, seen) => {
      if (!Array.isArray(value)) return true
      let isValid = true
      const end = rest === undefined ? Math.min(prefix.length, value.length) : value.length
      run.spendOn(value, end)
      for (let index = 0; index < end; index++) {
        const check = prefix[index] ?? rest
        if (check !== undefined && !atMember(value, { member: index, check, run })) isValid = false
        if (!isValid && run.isMuted) return false
      }
      if (seen !== undefined) seen.items = Math.max(seen.items, rest === undefined ? prefix.length : Infinity)
      return isValid
    },
  ]
}

function containsChecks(context: KeywordContext): readonly Check[] {
  const { contains } = context.schema
  if (contains === undefined) return []
  const check = context.child(contains)
  const hasCounts = context.draft !== '7'
  const least = (hasCounts ? numberOf(context, 'minContains') : undefined) ?? 1
  const most = (hasCounts ? numberOf(context, 'maxContains') : undefined) ?? Infinity
  const bounds = most === Infinity ? `at least ${least}` : `${least} to ${most}`
  const expected = `an array with ${bounds} items that match "contains"`
  const isNoted = context.draft === '2020-12'
  return [
    (value, run, seen) => {
      if (!Array.isArray(value)) return true
      let count = 0
      run.spendOn(value, value.length)
      for (let index = 0; index < value.length; index++) {
        if (!run.muted(() => atMember(value, { member: index, check, run }))) continue
        count += 1
        if (isNoted) seen?.indexes.add(index)
      }
      return (count >= least && count <= most) || run.fail(value, expected)
    },
  ]
}
