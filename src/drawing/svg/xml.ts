import { validXml } from '../text/visible-text.ts'

/** Attributes of an element; one that is undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text as XML: markup shown as text, characters that XML cannot hold as U+FFFD. */
export function xmlText(text: string): string {
  return validXml(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

/** An element as XML. `content` is XML already: a text goes through `xmlText`. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${attributeText(value)}"`],
  )
  const open = `<${name}${written.join('')}`
  return content.length === 0 ? `${open}/>` : `${open}>${content.join('')}</${name}>`
}

/** White space of an attribute would become a space when it is read. */
function attributeText(value: string | number): string {
  return typeof value === 'number'
    ? String(value)
    : xmlText(value).replaceAll(/[\t\n\r]/g, (character) => `&#${character.codePointAt(0)};`)
}
