/** A server-sent event. */
export interface StreamEvent {
  readonly type: string
  readonly data: string
}

/** Makes events of the pieces of a stream (HTML, section 9.2.6). */
export class EventParser {
  /** Id of the newest event; empty before the first. */
  lastId: string
  readonly #heard: (event: StreamEvent) => void
  #rest = ''
  #type = ''
  #data: string[] = []

  /** `lastId`: the newest event that is known before the stream. */
  constructor(heard: (event: StreamEvent) => void, lastId = '') {
    this.lastId = lastId
    this.#heard = heard
  }

  /** Takes the next piece of the stream. */
  feed(piece: string): void {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#line(line)
  }

  /** Drops the event that the end of a stream cut. */
  end(): void {
    this.#rest = ''
    this.#type = ''
    this.#data = []
  }

  #line(line: string): void {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'data') this.#data.push(value)
    else if (name === 'event') this.#type = value
    else if (name === 'id') this.lastId = value
  }

  #dispatch(): void {
    if (this.#data.length > 0)
      this.#heard({ type: this.#type === '' ? 'message' : this.#type, data: this.#data.join('\n') })
    this.#type = ''
    this.#data = []
  }
}
