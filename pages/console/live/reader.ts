import { takeEarly } from '../api/early-reads.ts'
import { ask, passes, refusal, type ApiAnswer } from '../api/request.ts'
import { exactJson } from '../text/exact-json.ts'
import { pauseAfter } from './pace.ts'

/** The newest data, and the refusal of the newest read as a sentence. */
export interface Told<T> {
  readonly data?: T | undefined
  readonly refused?: { readonly status: number; readonly text: string } | undefined
}

/** A path that is read, and when it is read again. */
export interface ReaderOptions {
  readonly path: string
  /** Milliseconds between two reads; absent: once. */
  readonly every: number | undefined
  /** The body as it is, for a text that is no JSON. */
  readonly asText: boolean
}

/** Seconds between tries while the service is away. */
const RETRIES = [0.5, 1, 2, 3, 5]
/** Bounds of the wait after a read (`pauseAfter`). */
const SLOW = { share: 20, longest: 10_000 }
/** Milliseconds until the next try of a read that was refused for now. */
const BUSY_WAIT = 2_000

/**
 * Reads a path, and again at intervals while the page is visible. While the service is away the newest data stay, and the read is
 * tried again until there is an answer.
 */
export class Reader<T> {
  readonly #path: string
  readonly #every: number | undefined
  readonly #asText: boolean
  readonly #tell: (told: Told<T>) => void
  readonly #ended = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #text: string | undefined
  #data: T | undefined
  #isRefused = false
  #state: 'idle' | 'reading' | 'again' = 'idle'

  constructor({ path, every, asText }: ReaderOptions, tell: (told: Told<T>) => void) {
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
      const own = () => ask({ method: 'GET', path: this.#path, signal: this.#ended.signal })
      const answer = await (takeEarly(this.#path) ?? own())
      if (this.#ended.signal.aborted) return
      this.#failures = 0
      if (answer.isOk) this.#take(answer.text)
      else this.#refuse(answer)
      if (passes(answer.status)) this.#later(BUSY_WAIT)
      else if (answer.isOk && this.#every !== undefined)
        this.#later(pauseAfter(performance.now() - begun, { every: this.#every, ...SLOW }))
    } catch {
      if (this.#ended.signal.aborted) return
      this.#later((RETRIES[Math.min(this.#failures++, RETRIES.length - 1)] ?? 5) * 1000)
    }
  }

  /** The same bytes are the same data: nothing is rendered again. */
  #take(text: string): void {
    if (text === this.#text && !this.#isRefused) return
    this.#isRefused = false
    if (text !== this.#text) this.#parse(text)
    this.#tell({ data: this.#data })
  }

  #parse(text: string): void {
    this.#text = text
    this.#data = this.#asText ? (text as T) : (exactJson(text) as T)
  }

  #refuse(answer: ApiAnswer): void {
    this.#isRefused = true
    this.#tell({ data: this.#data, refused: { status: answer.status, text: refusal(answer) } })
  }

  #later(wait: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (!document.hidden || this.#text === undefined) this.read()
    }, wait)
  }
}
