import type { MergeHook } from '../machine/hook.ts'
import type { Merge } from '../machine/compile.ts'
import { isPlainObject, plainData, setKey } from './plain-data.ts'

/**
 * The deep merge with a customizer, as lodash's `mergeWith` calls it (C2.5): for each key of the payload at every depth, with the
 * objects as they are so far. The differences of `mergeDeep` to lodash stand (decision 0009).
 *
 * The hook gets copies and may change them. The merge throws where the hook throws, and where the result is no plain data of at
 * most `limit` characters: then the event is refused (P5).
 */
export function mergeWithHook(hook: MergeHook, limit: number): Merge {
  return (metadata, payload) => {
    const merged = copyOf(metadata)
    new CustomizedMerge(hook).into(merged, copyOf(payload))
    const plain = plainData(merged, limit)
    if (!plain.ok) throw new TypeError(plain.why)
    if (!isPlainObject(plain.value)) throw new TypeError('found no object, expected metadata')
    return plain.value
  }
}

type Target = Record<string, unknown> | unknown[]

/** One merge. It changes the objects that it is given, in the order in which lodash does. */
class CustomizedMerge {
  readonly #hook: MergeHook
  /** The sources that are under way, with the values that they become: the customizer's sixth argument. */
  readonly #stack = new Map<unknown, unknown>()

  constructor(hook: MergeHook) {
    this.#hook = hook
  }

  into(object: Target, source: object): void {
    for (const key of Object.keys(source)) {
      if (key !== '__proto__') assign(object, key, this.#valueOf(object, source, key))
    }
  }

  #valueOf(object: Target, source: object, key: string): unknown {
    const [before, now] = [ownValue(object, key), ownValue(source, key)]
    if (this.#stack.has(now)) return this.#stack.get(now)
    const customized = this.#hook(before, now, key, object, source, this.#stack)
    if (customized !== undefined) return customized
    const target = targetOf(before, now)
    if (target === undefined) return now
    this.#stack.set(now, target)
    this.into(target, now as object)
    this.#stack.delete(now)
    return target
  }
}

/** The value that a nested one is merged into; `undefined` for a value that replaces: a text, an instance of a class, a function. */
function targetOf(before: unknown, now: unknown): Target | undefined {
  if (Array.isArray(now)) return Array.isArray(before) ? (before as unknown[]) : []
  if (!isPlainObject(now)) return undefined
  return typeof before === 'object' && before !== null ? (before as Target) : {}
}

/** `undefined` replaces nothing. An object onto an array sets its elements and the next one, and nothing else. */
function assign(object: Target, key: string, value: unknown): void {
  if (value === undefined && Object.hasOwn(object, key)) return
  if (!Array.isArray(object)) return setKey(object, key, value)
  const index = Number(key)
  if (String(index) === key && Number.isInteger(index) && index >= 0 && index <= object.length) object[index] = value
}

function ownValue(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? (object as Readonly<Record<string, unknown>>)[key] : undefined
}

function copyOf(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>
}
