import type { Context } from 'hono'
import type { Runtime } from '../ports/runtime.ts'

/** Longest id that is taken from a header. */
const LONGEST = 200
const KEY = 'requestId'

/** Gives each request one id for its log lines: its `x-request-id`, or a new one. */
export class RequestIds {
  readonly #runtime: Pick<Runtime, 'random'>
  #process: string | undefined
  #count = 0

  constructor(runtime: Pick<Runtime, 'random'>) {
    this.#runtime = runtime
  }

  /** The id of a request, the same at every call. */
  of(c: Context): string {
    const known = c.get(KEY) as string | undefined
    if (known !== undefined) return known
    const id = this.next(c.req.header('x-request-id'))
    c.set(KEY, id)
    return id
  }

  /** The id of a request that is looked at once. `given`: its `x-request-id`. */
  next(given: string | undefined): string {
    return given?.slice(0, LONGEST) || this.#fresh()
  }

  /** A random word for this process, and a count. */
  #fresh(): string {
    this.#process ??= Math.floor(this.#runtime.random() * 2 ** 32).toString(36)
    return `${this.#process}-${(++this.#count).toString(36)}`
  }
}
