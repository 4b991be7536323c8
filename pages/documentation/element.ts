type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** A new element with attributes and children. Texts become text nodes, so nothing of a service is read as HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : String(value))
  }
  made.append(...children)
  return made
}

/** The element of the page with this id. Throws where the page has none. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.querySelector(`#${id}`)
  if (!(found instanceof type)) throw new Error(`find #${id}: expected it in page.html`)
  return found
}

/** A text of the description: what stands between backticks is code. */
export function prose(text: string): readonly Node[] {
  return text.split('`').map((part, at) => (at % 2 === 0 ? new Text(part) : element('code', {}, part)))
}
