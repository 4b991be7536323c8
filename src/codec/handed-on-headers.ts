import type { HandedOnHeaders } from '../engine/saga.ts'

/** Bounds of the headers that one message hands on: their number, and the bytes of names and values together. */
export interface HeaderLimits {
  readonly count: number
  readonly bytes: number
}

/** A header that a message has and does not hand on. The value may be a credential, so it is not here. */
export interface LeftOutHeader {
  readonly name: string
  /** `malformed`: a character that no HTTP header may hold. Else the header exceeds a limit together with those before it. */
  readonly reason: 'malformed' | 'too-many' | 'too-large'
}

/** The headers of one message that are handed on, and those that cannot be. */
export interface SelectedHeaders {
  readonly headers?: HandedOnHeaders | undefined
  readonly leftOut: readonly LeftOutHeader[]
}

/**
 * Selects the headers of a message that go on to the commands of its step (C3.6), in the order of `names`. `valueOf` answers a value
 * as a byte string: one character a byte, as Fetch has them. A header without a value, or with an empty one, is absent. `undefined`
 * where the message has none of them.
 */
export function selectHeaders(
  names: Iterable<string>,
  valueOf: (name: string) => string | undefined,
  limits: HeaderLimits,
): SelectedHeaders | undefined {
  let selection: Selection | undefined
  for (const name of names) {
    const value = valueOf(name)
    if (value === undefined || value === '') continue
    selection ??= new Selection(limits)
    selection.add(name, trimmed(value))
  }
  return selection?.selected
}

/** True if each field of a stored object is a header that can be sent: a name in lower case, and a value. */
export function isHandedOn(headers: Readonly<Record<string, unknown>>): headers is HandedOnHeaders {
  return Object.entries(headers).every(([name, value]) => {
    return /^[!#$%&'*+.^_`|~\da-z-]+$/.test(name) && typeof value === 'string' && isFieldValue(value)
  })
}

/** True if a value can be sent in an HTTP header as it is (RFC 9110 §5.5): one line of bytes without control characters. */
export function isFieldValue(value: string): boolean {
  return /^[\t\u0020-\u007E\u0080-\u00FF]*$/.test(value)
}

class Selection {
  readonly #limits: HeaderLimits
  readonly #headers: Record<string, string> = {}
  readonly #leftOut: LeftOutHeader[] = []
  #count = 0
  #bytes = 0

  constructor(limits: HeaderLimits) {
    this.#limits = limits
  }

  get selected(): SelectedHeaders {
    return { headers: this.#count === 0 ? undefined : this.#headers, leftOut: this.#leftOut }
  }

  add(name: string, value: string): void {
    if (value === '') return
    const { count, bytes } = this.#limits
    const size = this.#bytes + name.length + value.length
    if (size > bytes) return this.#leave(name, 'too-large')
    if (!isFieldValue(value)) return this.#leave(name, 'malformed')
    if (this.#count === count) return this.#leave(name, 'too-many')
    this.#headers[name] = value
    this.#count++
    this.#bytes = size
  }

  #leave(name: string, reason: LeftOutHeader['reason']): void {
    this.#leftOut.push({ name, reason })
  }
}

/** Without the blanks around a value, which are not part of it (RFC 9110 §5.5). Not a pattern: one would take quadratic time. */
function trimmed(value: string): string {
  let [from, to] = [0, value.length]
  while (from < to && isBlank(value.charCodeAt(from))) from++
  while (to > from && isBlank(value.charCodeAt(to - 1))) to--
  return value.slice(from, to)
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}

const [SPACE, TAB] = [0x20, 0x09]
