import { element, prose } from './element.ts'
import type { Schema } from './open-api.ts'

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

/** A field of a form, as it is described. */
export interface FieldTexts {
  /** Unique in the page. */
  readonly id: string
  readonly name: string
  readonly schema: Schema
  readonly description?: string | undefined
  readonly required: boolean
  readonly choices: readonly string[]
  /** Where another answer fills the field, it begins empty. */
  readonly example?: unknown
}

/** A labelled control. */
export interface Field {
  readonly node: HTMLElement
  /** The text; empty where nothing is given. */
  text(): string
  /** The JSON of the value, an object as it was written: parsed, its numbers might lose digits. Throws a sentence for a text that is no JSON. */
  json(): string
  fill(text: string): void
}

export function fieldOf(texts: FieldTexts): Field {
  const { id, name, schema, description = schema.description ?? '', required } = texts
  const control = controlOf(texts)
  const hint = element('span', { class: 'hint', id: `${id}-hint` }, ...prose(description))
  const label = element('label', { for: id }, name, ' ', element('small', {}, required ? 'required' : 'optional'))
  return {
    node: element('div', {}, label, control, ...suggestions(texts), hint),
    text: () => control.value,
    json: () => (isObject(schema) ? checked(name, control.value) : JSON.stringify(control.value)),
    fill: (text) => void (control.value = text),
  }
}

function controlOf({ id, schema, required, choices, example }: FieldTexts): Control {
  const common = { id, required, 'aria-describedby': `${id}-hint`, spellcheck: 'false' }
  if (isObject(schema)) return element('textarea', common, JSON.stringify(example ?? {}, undefined, 2))
  const values = schema.type === 'boolean' ? ['true', 'false'] : (schema.enum ?? []).map(String)
  if (values.length > 0)
    return element('select', common, ...['', ...values].map((value) => element('option', {}, value)))
  const list = choices.length > 0 ? `${id}-choices` : undefined
  const made = element('input', {
    ...common,
    type: schema.type === 'integer' ? 'number' : 'text',
    list,
    autocomplete: 'off',
  })
  if (typeof example === 'string') made.value = example
  return made
}

function suggestions({ id, choices }: FieldTexts): readonly Node[] {
  if (choices.length === 0) return []
  return [element('datalist', { id: `${id}-choices` }, ...choices.map((value) => element('option', { value })))]
}

function isObject({ type, properties }: Schema): boolean {
  return type === 'object' && properties === undefined
}

function checked(name: string, json: string): string {
  try {
    JSON.parse(json)
    return json
  } catch (thrown) {
    throw new Error(`${name} is no JSON: ${thrown instanceof Error ? thrown.message : ''}`, { cause: thrown })
  }
}
