import { isComposite, sortedText } from './sorted-text.ts'
import type { SchemaResource } from './schema-index.ts'

/** Problems of one value that are kept; further ones are counted. */
const MOST_PROBLEMS = 20
/** Bounds the time of one check to some hundred milliseconds. A step is about a keyword group on a value. */
const MOST_STEPS = 4_000_000
/** Schemas in schemas. JSON of clients nests at most 500 levels, and each level may pass some schemas. */
const DEEPEST = 4_000
/** Characters of an array or object that are compared in the time of one step. */
const CHARACTERS_A_STEP = 4
/** Keys, names, items or characters that are looked at in the time of one step. */
const PARTS_A_STEP = 4
const STEPS_A_KEY = 4
const LONGEST_PATH = 200

/** A value that does not match. All texts are bounded and hold no texts of the value, since it may be anybody's data. */
export interface SchemaViolation {
  /** JSON Pointer of the value; empty for the whole. */
  readonly pointer: string
  readonly found: string
  readonly expected: string
}

interface KeptViolation extends Omit<SchemaViolation, 'pointer'> {
  readonly path: readonly (string | number)[]
}

/** The check cannot be finished within its bounds, so that the value is refused, whatever the rest of the schema says. */
export class CheckStopped extends Error {
  readonly violation: SchemaViolation

  constructor(violation: SchemaViolation) {
    super(violation.expected)
    this.violation = violation
  }
}

/** One check of one value: the place in the value, the problems so far, and the bounds. */
export class SchemaRun {
  readonly path: (string | number)[] = []
  readonly #kept: KeptViolation[] = []
  /** Violations, those included that were not kept. */
  count = 0
  /** The schema resources that the check has entered, outermost first, for dynamic references. */
  readonly scope: SchemaResource[] = []
  #muted = 0
  #depth = 0
  #left = MOST_STEPS
  readonly #texts = new Map<object, string>()

  /** True inside a schema whose failure is no problem, such as that of `not`: the first failure then settles it. */
  get isMuted(): boolean {
    return this.#muted > 0
  }

  /** Reports a violation of the current value. Always false, for the caller to return. */
  fail(value: unknown, expected: string): false {
    if (this.#muted > 0) return false
    this.count += 1
    if (this.#kept.length >= MOST_PROBLEMS) return false
    // Most violations in "anyOf" are dropped again, so the pointers are written for those that remain.
    this.spendOn(value, this.path.length)
    this.#kept.push({ path: [...this.path], found: describe(value), expected })
    return false
  }

  get violations(): readonly SchemaViolation[] {
    return this.#kept.map(({ path, found, expected }) => ({ pointer: pointerOf(path), found, expected }))
  }

  violation(value: unknown, expected: string): SchemaViolation {
    return { pointer: pointerOf(this.path), found: describe(value), expected }
  }

  /** Ends the whole check. */
  stop(value: unknown, expected: string): never {
    throw new CheckStopped(this.violation(value, expected))
  }

  /** Takes a result without its violations. */
  muted(check: () => boolean): boolean {
    this.#muted += 1
    const isValid = check()
    this.#muted -= 1
    return isValid
  }

  /** Drops the violations after these, which turned out not to matter. */
  drop({ count, kept }: { readonly count: number; readonly kept: number }): void {
    this.count = count
    this.#kept.length = kept
  }

  get mark(): { readonly count: number; readonly kept: number } {
    return { count: this.count, kept: this.#kept.length }
  }

  spend(value: unknown, steps: number): void {
    this.#left -= steps
    if (this.#left < 0) this.stop(value, `a payload that can be checked in ${MOST_STEPS} steps`)
  }

  /** For `count` keys of the value that are taken out of it or kept, which takes longer than a look at one. */
  spendOnKeys(value: unknown, count: number): void {
    this.spend(value, count * STEPS_A_KEY)
  }

  /** For a look at `count` keys, names, items or characters, of which a step does some. */
  spendOn(value: unknown, count: number): void {
    this.spend(value, Math.ceil(count / PARTS_A_STEP))
  }

  /**
   * A text that equal arrays and objects share, made once for each and for each part: nested values that are compared at every
   * level would be written out again and again.
   */
  textOf(value: object): string {
    const known = this.#texts.get(value)
    if (known !== undefined) return known
    const text = sortedText(value, (part) => (isComposite(part) ? this.textOf(part) : JSON.stringify(part)))
    this.spend(value, Math.ceil(text.length / CHARACTERS_A_STEP))
    this.#texts.set(value, text)
    return text
  }

  enter(value: unknown): void {
    this.spend(value, 1)
    this.#depth += 1
    if (this.#depth > DEEPEST)
      this.stop(value, `a payload that can be checked in ${DEEPEST} schemas inside one another`)
  }

  leave(): void {
    this.#depth -= 1
  }
}

function pointerOf(path: readonly (string | number)[]): string {
  let pointer = ''
  for (const key of path) {
    if (pointer.length > LONGEST_PATH) return `${pointer}/…`
    const text = String(key)
    pointer += `/${shortened(text).replaceAll('~', '~0').replaceAll('/', '~1')}`
  }
  return pointer
}

const LONGEST_KEY = 60

function shortened(text: string): string {
  return text.length > LONGEST_KEY ? `${text.slice(0, LONGEST_KEY)}…` : text
}

/** A value by its type; numbers are shown, texts are not. */
function describe(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return value === '' ? 'an empty string' : `a string of length ${value.length}`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`
  return 'an object'
}
