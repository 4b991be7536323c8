import { isComposite, sortedText } from '../sorted-text.ts'
import { shown, type Check, type KeywordContext } from './keyword-context.ts'

/** `type`, `enum` and `const`. */
export function typeChecks({ schema }: KeywordContext): readonly Check[] {
  const { type, nullable, const: constant, enum: values } = schema
  return [
    ...(type === undefined ? [] : [ofType(new Set(Array.isArray(type) ? type : [type]), nullable === true)]),
    ...(Object.hasOwn(schema, 'const') ? [oneOf([constant], shown(constant))] : []),
    ...(Array.isArray(values) ? [oneOf(values, `one of ${shown(values)}`)] : []),
  ]
}

const ARTICLES: Readonly<Record<string, string>> = {
  array: 'an array',
  integer: 'an integer',
  null: 'null',
  object: 'an object',
}

function ofType(types: ReadonlySet<unknown>, isNullable: boolean): Check {
  const names = [...types, ...(isNullable && !types.has('null') ? ['null'] : [])].map(
    (name) => ARTICLES[String(name)] ?? `a ${String(name)}`,
  )
  const expected = names.join(' or ')
  const allowsNull = isNullable || types.has('null')
  return (value, run) => {
    const isType =
      value === null ? allowsNull : types.has(typeOf(value)) || (Number.isInteger(value) && types.has('integer'))
    return isType || run.fail(value, expected)
  }
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value
}

function oneOf(values: readonly unknown[], expected: string): Check {
  const plain = new Set(values.filter((value) => !isComposite(value)))
  const composite = new Set(values.filter(isComposite).map((one) => sortedText(one)))
  return (value, run) => {
    const isOne = isComposite(value) ? composite.size > 0 && composite.has(run.textOf(value)) : plain.has(value)
    return isOne || run.fail(value, expected)
  }
}
