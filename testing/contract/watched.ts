import type { Persistency } from '../../src/ports/persistency.ts'

/** A store, and whether it has been asked for something that it has not answered yet. */
export interface WatchedStore {
  readonly persistency: Persistency
  readonly isAsked: () => boolean
}

/** The same store, with its calls counted: those of its capabilities too. */
export function watched(store: Persistency): WatchedStore {
  let asked = 0
  const answered = (): void => void asked--
  const counted = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(_, key) {
        const value: unknown = Reflect.get(part, key)
        if (typeof value === 'object' && value !== null) return counted(value)
        if (typeof value !== 'function') return value
        return (...given: unknown[]): unknown => {
          const result: unknown = Reflect.apply(value, part, given)
          if (!(result instanceof Promise)) return result
          asked++
          result.then(answered, answered)
          return result
        }
      },
    })
  return { persistency: counted(store), isAsked: () => asked > 0 }
}
