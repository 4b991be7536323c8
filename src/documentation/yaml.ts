/** JSON data as YAML 1.2 in block style. Texts are written as in JSON, which YAML reads alike (its §1.3). */
export function yamlOf(value: unknown): string {
  return `${block(value, '').trimStart()}\n`
}

type JsonObject = Readonly<Record<string, unknown>>

/** A value after its key or dash: on the same line, or as a block below it. */
function block(value: unknown, indent: string): string {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((item) => `\n${indent}- ${block(item, `${indent}  `).trimStart()}`).join('')
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => `\n${indent}${keyOf(key)}:${spaced(block(inner, `${indent}  `))}`)
      .join('')
  }
  return JSON.stringify(value)
}

function spaced(text: string): string {
  return text.startsWith('\n') ? text : ` ${text}`
}

/** Words that YAML 1.1 reads as another type are quoted, such as `on`, and `e0`, which some readers take for a number. */
function keyOf(key: string): string {
  return /^[A-Za-z_$][\w$-]*$/.test(key) && !/^(?:y|n|yes|no|on|off|true|false|null|e-?\d+)$/i.test(key)
    ? key
    : JSON.stringify(key)
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
