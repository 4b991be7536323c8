import type { Field } from './fields.ts'
import { Refusal } from './refusal.ts'
import { compare, isEqual, isObject, rank, reach } from './values.ts'
import type { Document, Value } from './values.ts'

export type Filter = (document: Document) => boolean

/** The query `_q`. Broken JSON is 500, an unknown field or operator 400. */
export function parseQuery(text: string | undefined, fields: ReadonlyMap<string, Field>): Filter {
  if (text === undefined) return () => true
  return compile(parsed(text), fields)
}

function parsed(text: string): Document {
  try {
    return JSON.parse(text) as Document
  } catch (thrown) {
    throw new Refusal(500, (thrown as Error).message)
  }
}

function compile(query: Document, fields: ReadonlyMap<string, Field>): Filter {
  const tests = Object.entries(query).map(([key, value]) => clause(key, value, fields))
  return (document) => tests.every((test) => test(document))
}

function clause(key: string, value: Value, fields: ReadonlyMap<string, Field>): Filter {
  if (key === '$and' || key === '$or') {
    const parts = (value as Document[]).map((part) => compile(part, fields))
    return key === '$and'
      ? (document) => parts.every((part) => part(document))
      : (document) => parts.some((part) => part(document))
  }
  if (key.startsWith('$')) throw new Refusal(400, `Unknown operator: ${key}`)
  if (!fields.has(key.split('.')[0] ?? '')) throw new Refusal(400, `Unknown field: ${key}`)
  const path = key.split('.')
  const test = isObject(value) ? operators(value) : equals(value)
  return (document) => test(reach(document, path))
}

/** All that a path led to; empty where it led nowhere. */
type Test = (found: readonly Value[]) => boolean

function operators(value: Document): Test {
  const tests = Object.entries(value).map(([operator, operand]) => {
    const make = OPERATORS[operator]
    if (make === undefined) throw new Refusal(400, `Unsupported operator: ${operator}`)
    return make(operand)
  })
  return (found) => tests.every((test) => test(found))
}

function equals(wanted: Value): Test {
  return (found) => (wanted === null && found.length === 0) || spread(found).some((value) => isEqual(value, wanted))
}

/** An array counts as itself and as each of its elements. */
function spread(found: readonly Value[]): Value[] {
  return found.flatMap((value) => (Array.isArray(value) ? [value, ...value] : [value]))
}

/** Values of another type are neither less nor more. */
function ordered(test: (order: number) => boolean): (operand: Value) => Test {
  return (operand) => (found) =>
    spread(found).some((value) => rank(value) === rank(operand) && test(compare(value, operand)))
}

const OPERATORS: Readonly<Record<string, (operand: Value) => Test>> = {
  $exists: (operand) => (found) => found.length > 0 === operand,
  $lte: ordered((order) => order <= 0),
  $lt: ordered((order) => order < 0),
  $gte: ordered((order) => order >= 0),
  $gt: ordered((order) => order > 0),
  $size: (operand) => (found) => found.some((value) => Array.isArray(value) && value.length === operand),
  $elemMatch: (operand) => {
    const test = matcher(operand as Document)
    return (found) => found.some((value) => Array.isArray(value) && value.some((item) => isObject(item) && test(item)))
  },
  $ne: (operand) => (found) => !equals(operand)(found),
  $in: (operand) => (found) => (operand as Value[]).some((one) => equals(one)(found)),
  $regex: (operand) => {
    const pattern = new RegExp(String(operand), 'u')
    return (found) => spread(found).some((value) => typeof value === 'string' && pattern.test(value))
  },
}

/** Inside `$elemMatch` the service looks at nothing: it hands it on. */
function matcher(query: Document): Filter {
  const tests = Object.entries(query).map(([key, value]) => {
    const test = isObject(value) ? operators(value) : equals(value)
    return (item: Document) => test(reach(item, key.split('.')))
  })
  return (item) => tests.every((test) => test(item))
}
