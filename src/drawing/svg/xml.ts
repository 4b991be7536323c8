import { REPLACEMENT } from '../text/visible-text.ts'

/** Attributes of an element; one that is undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** Markup, and characters that XML cannot hold. */
const NO_TEXT = /[&<>"'\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g
/** The same and white space, which becomes a space when an attribute is read. */
const NO_ATTRIBUTE = /[&<>"'\u0000-\u001F\uFFFE\uFFFF]/g

/** A text as XML: markup shown as text, characters that XML cannot hold as U+FFFD. */
export function xmlText(text: string): string {
  return text.toWellFormed().replaceAll(NO_TEXT, entityOf)
}

function entityOf(character: string): string {
  return ENTITIES[character] ?? REPLACEMENT
}

/** An element as XML. `content` is XML already: a text goes through `xmlText`. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  let open = `<${name}`
  for (const key of Object.keys(attributes)) {
    const value = attributes[key]
    if (value !== undefined) open += ` ${key}="${attributeText(value)}"`
  }
  return content.length === 0 ? `${open}/>` : `${open}>${content.join('')}</${name}>`
}

function attributeText(value: string | number): string {
  return typeof value === 'number' ? String(value) : value.toWellFormed().replaceAll(NO_ATTRIBUTE, entityOf)
}
