import { useEffect, useState } from 'preact/hooks'

/** A value with listeners. */
export interface Observed<T> {
  value(): T
  set(next: T): void
  listen(heard: (value: T) => void): () => void
}

/** Makes a value with listeners. */
export function observed<T>(initial: T): Observed<T> {
  let current = initial
  const listeners = new Set<(value: T) => void>()
  return {
    value: () => current,
    set: (next) => {
      if (Object.is(current, next)) return
      current = next
      for (const heard of listeners) heard(next)
    },
    listen: (heard) => {
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
  }
}

/** The value, and a new rendering with each change of it. */
export function useObserved<T>(source: Observed<T>): T {
  const [value, setValue] = useState(source.value())
  useEffect(() => {
    setValue(() => source.value())
    return source.listen((next) => setValue(() => next))
  }, [source])
  return value
}
