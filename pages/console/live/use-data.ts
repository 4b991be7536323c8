import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { ask, refusal } from '../api/request.ts'
import { exactJson } from '../text/exact-json.ts'

/** Data of the service, and how to read them again now. */
export interface Loaded<T> {
  readonly data?: T | undefined
  /** The refusal of the newest read, as a sentence. */
  readonly refused?: { readonly status: number; readonly text: string } | undefined
  readonly reload: () => void
}

/** When data are read again. */
export interface Reading {
  /** Milliseconds between two reads; absent: once. A read that took long is repeated more seldom. */
  readonly every?: number | undefined
  /** The body as it is, for a text that is no JSON. */
  readonly asText?: boolean
}

/** Seconds between tries while the service is away. */
const RETRIES = [0.5, 1, 2, 3, 5]
/** A wait is this many times as long as the read before it, up to the longest wait (ms). */
const SHARE = 20
const LONGEST_WAIT = 10_000
/** Milliseconds until the next try of a read that the service had no time for. */
const BUSY_WAIT = 2_000

/**
 * Reads a path of the service, and again at intervals while the page is visible. An undefined path is not read. While the service
 * is away the newest data stay, and the read is tried again until there is an answer.
 */
export function useData<T>(path: string | undefined, { every, asText = false }: Reading = {}): Loaded<T> {
  const [loaded, setLoaded] = useState<Omit<Loaded<T>, 'reload'> & { readonly path?: string | undefined }>({})
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

type Told<T> = Pick<Loaded<T>, 'data' | 'refused'>

class Reader<T> {
  readonly #path: string
  readonly #every: number | undefined
  readonly #asText: boolean
  readonly #tell: (loaded: Told<T>) => void
  readonly #ended = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #text: string | undefined
  #data: T | undefined
  #state: 'idle' | 'reading' | 'again' = 'idle'

  constructor(
    { path, every, asText }: { path: string; every: number | undefined; asText: boolean },
    tell: (loaded: Told<T>) => void,
  ) {
    this.#path = path
    this.#every = every
    this.#asText = asText
    this.#tell = tell
    document.addEventListener('visibilitychange', this.#seen)
  }

  /** Reads now; a call during a read leads to one more read after it. */
  read(): void {
    if (this.#state !== 'idle') return void (this.#state = 'again')
    clearTimeout(this.#timer)
    this.#state = 'reading'
    void this.#readOnce().finally(() => {
      const isAgain = this.#state === 'again'
      this.#state = 'idle'
      if (isAgain && !this.#ended.signal.aborted) this.#later(100)
    })
  }

  stop(): void {
    clearTimeout(this.#timer)
    document.removeEventListener('visibilitychange', this.#seen)
    this.#ended.abort()
  }

  readonly #seen = (): void => {
    if (!document.hidden && this.#every !== undefined) this.read()
  }

  async #readOnce(): Promise<void> {
    const begun = performance.now()
    try {
      const answer = await ask({ method: 'GET', path: this.#path, signal: this.#ended.signal })
      this.#failures = 0
      if (answer.isOk) this.#take(answer.text)
      else this.#tell({ data: this.#data, refused: { status: answer.status, text: refusal(answer) } })
      if (answer.status === 503) this.#later(BUSY_WAIT)
      else if (answer.isOk && this.#every !== undefined)
        this.#later(this.#pauseAfter(performance.now() - begun, this.#every))
    } catch {
      if (this.#ended.signal.aborted) return
      this.#later((RETRIES[Math.min(this.#failures++, RETRIES.length - 1)] ?? 5) * 1000)
    }
  }

  #pauseAfter(took: number, every: number): number {
    return Math.max(every, Math.min(took * SHARE, LONGEST_WAIT))
  }

  /** The same bytes are the same data: nothing is rendered again. */
  #take(text: string): void {
    if (text === this.#text) return
    this.#text = text
    this.#data = this.#asText ? (text as T) : (exactJson(text) as T)
    this.#tell({ data: this.#data })
  }

  #later(wait: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (!document.hidden || this.#text === undefined) this.read()
    }, wait)
  }
}
