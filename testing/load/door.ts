import { Pool } from 'undici'

/** What the service answers to an event (C7). */
export interface EventAnswer {
  readonly outcome: string
  readonly sagaId: string
  readonly currentState: string
}

export interface Creation {
  readonly associatedEntityId: string
  readonly metadata: Readonly<Record<string, unknown>>
}

/** How long an event is offered again to a service that does not take it, and how long between two offers. */
const PATIENCE = 30_000
const BETWEEN = 100
const JSON_HEADERS = { 'content-type': 'application/json' }

/** The service as a participant and its users see it: HTTP, on connections kept alive. */
export class Door {
  readonly #pool: Pool
  #isOpen = true

  constructor(url: string, connections: number) {
    this.#pool = new Pool(url, { connections, pipelining: 1 })
  }

  /** Answers the saga's id. Rejects whatever is not 200: without a key a creation is not to be sent twice. */
  async create(creation: Creation): Promise<string> {
    const { status, body } = await this.#post('/saga', JSON.stringify(creation), JSON_HEADERS)
    if (status !== 200) throw new Error(`create a saga: expected 200, the service answered ${status} ${body}`)
    return (JSON.parse(body) as { sagaId: string }).sagaId
  }

  /** As any service would emit an event: with an idempotency key, hence again and again until it is taken. */
  async emit(sagaId: string, label: string, payload: unknown, key: string): Promise<EventAnswer> {
    const event = JSON.stringify({ key: sagaId, value: { messageLabel: label, messagePayload: payload } })
    const headers = { ...JSON_HEADERS, 'idempotency-key': key }
    const until = performance.now() + PATIENCE
    for (;;) {
      const { status, body } = await this.#post('/event', event, headers).catch(noAnswer)
      if (status === 200) return JSON.parse(body) as EventAnswer
      const isFinal = status !== 0 && status < 500
      if (isFinal || !this.#isOpen || performance.now() > until) {
        throw new Error(`emit "${label}" to the saga "${sagaId}": expected 200, found ${status} ${body}`)
      }
      await new Promise((done) => setTimeout(done, BETWEEN))
    }
  }

  async get<T>(path: string): Promise<T> {
    const { statusCode, body } = await this.#pool.request({ method: 'GET', path })
    const text = await body.text()
    if (statusCode !== 200) throw new Error(`get ${path}: expected 200, the service answered ${statusCode} ${text}`)
    return JSON.parse(text) as T
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Ends what is under way too. */
  close(): Promise<void> {
    this.#isOpen = false
    return this.#pool.destroy()
  }

  async #post(path: string, content: string, headers: Record<string, string>): Promise<Answer> {
    const { statusCode, body } = await this.#pool.request({ method: 'POST', path, headers, body: content })
    return { status: statusCode, body: await body.text() }
  }
}

interface Answer {
  /** 0 where there was none. */
  readonly status: number
  readonly body: string
}

function noAnswer(thrown: unknown): Answer {
  return { status: 0, body: String(thrown) }
}
