import type { Shape } from './keyword-shapes.ts'
import { compilePattern } from './pattern/compile-pattern.ts'
import type { SchemaPath, SchemaProblem } from './schema-problem.ts'

/** A keyword's value with its path. */
export interface KeywordValue {
  readonly value: unknown
  readonly path: SchemaPath
}

/** True if a value may be a schema: an object, true or false. */
export function isSchema(value: unknown): value is JsonObject | boolean {
  return typeof value === 'boolean' || isObject(value)
}

/** True if a value is an object, and no array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object of a parsed JSON text. */
export type JsonObject = Readonly<Record<string, unknown>>

type Rule = (value: unknown) => boolean

const TYPES: ReadonlySet<unknown> = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'])
const isText: Rule = (value) => typeof value === 'string'
const isNumber: Rule = (value) => typeof value === 'number'
const isNameList: Rule = (value) => Array.isArray(value) && value.every(isText) && new Set(value).size === value.length
const isTypeList: Rule = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => TYPES.has(one)) && isNameList(value)

/** The rule of a shape for the value itself, and the words for it. Rules of the values inside are in `partsOf`. */
const RULES: Readonly<Record<Shape, readonly [rule: Rule, expected: string]>> = {
  any: [() => true, ''],
  anchor: [(value) => isText(value) && /^[A-Za-z_][\w.-]*$/.test(String(value)), 'a name that begins with a letter'],
  count: [(value) => Number.isInteger(value) && Number(value) >= 0, 'an integer of at least 0'],
  dependencies: [isObject, 'an object of schemas and lists of names'],
  flag: [(value) => typeof value === 'boolean', 'true or false'],
  list: [Array.isArray, 'a list'],
  names: [isNameList, 'a list of names without repeats'],
  'name-lists': [isObject, 'an object of lists of names'],
  number: [isNumber, 'a number'],
  pattern: [isText, 'a regular expression'],
  'pattern-map': [isObject, 'an object of schemas'],
  positive: [(value) => isNumber(value) && Number(value) > 0, 'a number greater than 0'],
  schema: [isSchema, 'a schema: an object, true or false'],
  schemas: [(value) => Array.isArray(value) && value.length > 0, 'a list of at least one schema'],
  'schema-map': [isObject, 'an object of schemas'],
  'schema-or-schemas': [(value) => isSchema(value) || Array.isArray(value), 'a schema or a list of schemas'],
  text: [isText, 'a string'],
  types: [
    (value) => TYPES.has(value) || isTypeList(value),
    '"array", "boolean", "integer", "null", "number", "object" or "string", or a list of these without repeats',
  ],
}

/** The problem of a keyword's value, without those of schemas inside it. */
export function keywordProblems(shape: Shape, { value, path }: KeywordValue): readonly SchemaProblem[] {
  const [rule, expected] = RULES[shape]
  if (!rule(value)) return [{ path, found: value, expected }]
  if (shape === 'pattern') return patternProblems(String(value), { value, path })
  const parts = isObject(value) ? Object.entries(value) : []
  if (shape === 'name-lists') return parts.flatMap(([key, part]) => namesProblems(part, [...path, key]))
  if (shape === 'dependencies')
    return parts.flatMap(([key, part]) => (Array.isArray(part) ? namesProblems(part, [...path, key]) : []))
  if (shape === 'pattern-map')
    return parts.flatMap(([key]) => patternProblems(key, { value: key, path: [...path, key] }))
  return []
}

/** The schemas inside a keyword's value, valid or not, with their paths. */
export function schemasInside(shape: Shape, { value, path }: KeywordValue): readonly KeywordValue[] {
  switch (shape) {
    case 'schema':
      return [{ value, path }]
    case 'schemas':
    case 'schema-or-schemas':
      return Array.isArray(value)
        ? value.map((part: unknown, index) => ({ value: part, path: [...path, index] }))
        : [{ value, path }]
    case 'schema-map':
    case 'pattern-map':
      return members(value, path)
    case 'dependencies':
      return members(value, path).filter((part) => !Array.isArray(part.value))
    default:
      return []
  }
}

function members(value: unknown, path: SchemaPath): readonly KeywordValue[] {
  return isObject(value) ? Object.entries(value).map(([key, part]) => ({ value: part, path: [...path, key] })) : []
}

function namesProblems(value: unknown, path: SchemaPath): readonly SchemaProblem[] {
  const [rule, expected] = RULES.names
  return rule(value) ? [] : [{ path, found: value, expected }]
}

function patternProblems(source: string, { value, path }: KeywordValue): readonly SchemaProblem[] {
  const pattern = compilePattern(source)
  return pattern.ok ? [] : [{ path, found: value, expected: pattern.expected }]
}
