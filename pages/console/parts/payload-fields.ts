import type { JsonSchema } from '../api/machine.ts'
import type { Draft } from './deed.ts'

/** A field of a payload. */
export interface PayloadField {
  readonly name: string
  readonly kind: 'text' | 'number' | 'json'
  readonly isRequired: boolean
  readonly hint: string
  /** JSON texts of the values that the schema allows. */
  readonly options?: readonly string[] | undefined
}

/** The fields that a schema of an object names; empty where a form cannot be made of it. */
export function fieldsOf(schema: JsonSchema | undefined): readonly PayloadField[] {
  if (typeof schema !== 'object' || typeof schema.properties !== 'object') return []
  const required = new Set(schema.required)
  return Object.entries(schema.properties).map(([name, inner]) => fieldOf(name, inner, required.has(name)))
}

function fieldOf(name: string, schema: JsonSchema | boolean, isRequired: boolean): PayloadField {
  if (typeof schema !== 'object' || schema === null) return { name, kind: 'json', isRequired, hint: '' }
  const { type, format, minimum, maximum, description = schema.title ?? '' } = schema
  const bounds = [minimum === undefined ? '' : `from ${minimum}`, maximum === undefined ? '' : `up to ${maximum}`]
  const hint = [description, typeof type === 'string' ? type : '', format ?? '', ...bounds].filter(Boolean).join(' · ')
  const values = schema.enum ?? (type === 'boolean' ? [true, false] : undefined)
  return { name, kind: kindOf(type), isRequired, hint, options: values?.map((value) => JSON.stringify(value)) }
}

function kindOf(type: JsonSchema['type']): PayloadField['kind'] {
  if (type === 'string') return 'text'
  return type === 'number' || type === 'integer' ? 'number' : 'json'
}

/** The JSON of the fields that have a value, or the sentence that tells the first one without. */
export function draftOf(fields: readonly PayloadField[], values: Readonly<Record<string, string>>): Draft {
  const members: string[] = []
  for (const { name, kind, isRequired, options } of fields) {
    const text = values[name] ?? ''
    if (text === '') {
      if (isRequired) return { problem: `Fill ${name}.` }
      continue
    }
    const json = options !== undefined || kind !== 'text' ? text.trim() : JSON.stringify(text)
    if (!isJson(json)) return { problem: `${name} is no ${kind === 'number' ? 'number' : 'JSON'}.` }
    members.push(`${JSON.stringify(name)}:${json}`)
  }
  return { body: `{${members.join(',')}}` }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
