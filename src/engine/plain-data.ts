import { reasonThrown } from './reason-thrown.ts'

/** A copy that is plain JSON data, or the reason why there is none. */
export type PlainData = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string }

/** Levels of nesting. A hook may wrap metadata, which has 500 levels at most. */
const DEEPEST = 1_000

/**
 * A copy of a value that a hook made, by the rules of JSON: `toJSON` is called, a key with `undefined` is left out, NaN becomes
 * null. A value that JSON would drop or change without a word is refused: functions, symbols, BigInts, promises, instances of
 * classes, cycles. `limit`: characters of JSON, roughly; beyond it the value is refused.
 */
export function plainData(value: unknown, limit: number): PlainData {
  const copier = new PlainCopier(limit)
  try {
    return { ok: true, value: copier.copy(value, '') }
  } catch (thrown) {
    return { ok: false, why: copier.refusal ?? reasonThrown(thrown) }
  }
}

class PlainCopier {
  /** Set before the walk is left by a throw. */
  refusal: string | undefined
  readonly #limit: number
  readonly #keys: (string | number)[] = []
  readonly #above = new Set<object>()
  #size = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  copy(value: unknown, key: string): unknown {
    switch (typeof value) {
      case 'string':
        return this.#sized(value, value.length)
      case 'number':
        return this.#sized(Number.isFinite(value) ? value : null, 1)
      case 'boolean':
        return this.#sized(value, 4)
      case 'object':
        return value === null ? this.#sized(null, 4) : this.#nested(value, key)
      default:
        return this.#refuse(nameOf(value))
    }
  }

  #nested(given: object, key: string): unknown {
    if (isThenable(given)) {
      silence(given)
      return this.#refuse('a promise')
    }
    const { toJSON } = given as { readonly toJSON?: unknown }
    if (typeof toJSON === 'function') {
      const made: unknown = toJSON.call(given, key)
      return made === undefined || made === given ? this.#refuse(nameOf(made)) : this.copy(made, key)
    }
    if (this.#above.has(given)) return this.#refuse('a cycle')
    if (this.#above.size === DEEPEST) return this.#refuse(`more than ${DEEPEST} levels`)
    this.#above.add(given)
    const copied = Array.isArray(given) ? this.#list(given) : this.#object(given)
    this.#above.delete(given)
    return copied
  }

  #list(list: readonly unknown[]): unknown {
    const copied: unknown[] = []
    for (let at = 0; at < list.length; at++) copied.push(this.#at(at, list[at] ?? null))
    return this.#sized(copied, 2)
  }

  #object(object: object): unknown {
    if (!isPlainObject(object)) return this.#refuse(nameOf(object))
    const copied: Record<string, unknown> = {}
    for (const key of Object.keys(object)) {
      const value = object[key]
      if (value === undefined) continue
      this.#size += key.length + 3
      setKey(copied, key, this.#at(key, value))
    }
    return this.#sized(copied, 2)
  }

  #at(key: string | number, value: unknown): unknown {
    this.#keys.push(key)
    const copied = this.copy(value, String(key))
    this.#keys.pop()
    return copied
  }

  #sized<T>(value: T, characters: number): T {
    this.#size += characters + 1
    if (this.#size > this.#limit) {
      this.refusal = `found more than ${this.#limit} characters of JSON, expected less (MAX_SAGA_SIZE, or the limit of the store)`
      throw new TypeError(this.refusal)
    }
    return value
  }

  #refuse(found: string): never {
    const place =
      this.#keys.length === 0 ? '' : ` at ${JSON.stringify(this.#keys.slice(0, 20).join('.').slice(0, 200))}`
    this.refusal = `found ${found}${place}, expected plain JSON data`
    throw new TypeError(this.refusal)
  }
}

/** True if a value is an object as JSON makes it, of this realm or another. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Sets a key as an own one, whatever its name is: an assignment to `__proto__` would change the prototype. */
export function setKey(object: object, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  else (object as Record<string, unknown>)[key] = value
}

interface Thenable {
  then(done: () => void, failed: () => void): unknown
}

function isThenable(value: object): value is Thenable {
  return typeof (value as { readonly then?: unknown }).then === 'function'
}

/** A promise that is refused may reject later: without a handler some hosts would end the process. */
function silence(promise: Thenable): void {
  promise.then(
    () => undefined,
    () => undefined,
  )
}

function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === undefined ? 'nothing' : `a ${typeof value}`
  const { name } = (value.constructor ?? {}) as { readonly name?: unknown }
  return typeof name === 'string' && name !== '' ? `an instance of ${name.slice(0, 60)}` : 'an object of a class'
}
