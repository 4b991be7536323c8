import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { Reader, type Told } from './reader.ts'

/** Data of the service, and how to read them again now. */
export interface Loaded<T> extends Told<T> {
  readonly reload: () => void
}

/** When data are read again. */
export interface Reading {
  /** Milliseconds between two reads; absent: once. A read that took long is repeated more seldom. */
  readonly every?: number | undefined
  /** The body as it is, for a text that is no JSON. */
  readonly asText?: boolean
}

/**
 * Reads a path of the service, and again at intervals while the page is visible. An undefined path is not read. While the service
 * is away the newest data stay, and the read is tried again until there is an answer.
 */
export function useData<T>(path: string | undefined, { every, asText = false }: Reading = {}): Loaded<T> {
  const [loaded, setLoaded] = useState<Told<T> & { readonly path?: string | undefined }>({})
  const now = useRef<() => void>(() => undefined)
  useEffect(() => {
    if (path === undefined) return undefined
    const reader = new Reader<T>({ path, every, asText }, (next) => setLoaded({ ...next, path }))
    now.current = () => reader.read()
    reader.read()
    return () => reader.stop()
  }, [path, every, asText])
  const reload = useCallback(() => now.current(), [])
  return loaded.path === path ? { ...loaded, reload } : { reload }
}
