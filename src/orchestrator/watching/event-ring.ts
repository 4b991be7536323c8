import { utf8 } from './utf8.ts'

/** Events that are sent together. */
interface RingBatch {
  /** Number of its newest event. */
  readonly last: number
  readonly bytes: Uint8Array
}

/**
 * The newest events of all sagas, within a number of bytes. An id is the process and a count, so that those of another process are
 * known for foreign.
 */
export class EventRing {
  readonly #process: string
  readonly #limit: number
  #batches: RingBatch[] = []
  #bytes = 0
  #last = 0
  /** The newest event that is no longer there. */
  #before = 0

  constructor(process: string, limit: number) {
    this.#process = process
    this.#limit = limit
  }

  /** Id of the newest event. */
  get newest(): string {
    return this.#idOf(this.#last)
  }

  /** The id of one more event; its bytes are in the next `add`. */
  next(): string {
    return this.#idOf(++this.#last)
  }

  add(bytes: Uint8Array): void {
    this.#batches.push({ last: this.#last, bytes })
    this.#bytes += bytes.length
    while (this.#bytes > this.#limit) {
      const oldest = this.#batches.shift()
      if (oldest === undefined) break
      this.#bytes -= oldest.bytes.length
      this.#before = oldest.last
    }
  }

  /** The bytes of all events after this one; `undefined` where some are gone, or the id is of another process. */
  after(id: string): readonly Uint8Array[] | undefined {
    const count = this.#countOf(id)
    if (count === undefined || count < this.#before || count > this.#last) return undefined
    const [first, ...rest] = this.#batches.filter(({ last }) => last > count).map(({ bytes }) => bytes)
    return first === undefined ? [] : [behind(first, id), ...rest]
  }

  /** Events were missed: no one can come back for what was before. */
  clear(): void {
    this.#batches = []
    this.#bytes = 0
    this.#before = ++this.#last
  }

  #idOf(count: number): string {
    return `${this.#process}.${count}`
  }

  #countOf(id: string): number | undefined {
    const count = id.slice(this.#process.length + 1)
    return id.startsWith(`${this.#process}.`) && /^\d{1,15}$/.test(count) ? Number(count) : undefined
  }
}

/** What follows an event in its batch; the whole batch where the event is not in it. A frame begins with the line of its id. */
function behind(bytes: Uint8Array, id: string): Uint8Array {
  const text = `\n\n${new TextDecoder().decode(bytes)}`
  const begin = text.indexOf(`\n\nid: ${id}\n`)
  return begin < 0 ? bytes : utf8(text.slice(text.indexOf('\n\n', begin + 2) + 2))
}
