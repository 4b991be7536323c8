import { Pool } from 'undici'

/** The service's answer to an event (C7). */
export interface EventAnswer {
  readonly outcome: string
  readonly sagaId: string
  readonly currentState: string
}

/** An event that a participant sends. */
export interface EmittedEvent {
  readonly sagaId: string
  readonly label: string
  readonly payload: unknown
  /** The idempotency key. */
  readonly key: string
}

/** The body of a `POST /saga`. */
export interface SagaRequest {
  readonly associatedEntityId: string
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Milliseconds for which a refused event is sent again, and between two attempts. */
const PATIENCE = 30_000
const BETWEEN = 100
const JSON_HEADERS = { 'content-type': 'application/json' }

/** An HTTP client of the service, as its participants and users are, with keep-alive connections. */
export class ServiceClient {
  readonly #pool: Pool
  #isOpen = true

  constructor(url: string, connections: number) {
    this.#pool = new Pool(url, { connections, pipelining: 1 })
  }

  /** Creates a saga; returns its id. Rejects where the answer is not 200: without a key, a creation must not be sent twice. */
  async create(creation: SagaRequest): Promise<string> {
    const { status, body } = await this.#post('/saga', JSON.stringify(creation), JSON_HEADERS)
    if (status !== 200) throw new Error(`create a saga: expected 200, the service answered ${status} ${body}`)
    return (JSON.parse(body) as { sagaId: string }).sagaId
  }

  /** Sends an event under an idempotency key, again until it is accepted. Rejects after 30 s, and on every answer below 500 but 200. */
  async emit({ sagaId, label, payload, key }: EmittedEvent): Promise<EventAnswer> {
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

  /** Ends requests under way too. */
  close(): Promise<void> {
    this.#isOpen = false
    return this.#pool.destroy()
  }

  async #post(path: string, content: string, headers: Record<string, string>): Promise<RawAnswer> {
    const { statusCode, body } = await this.#pool.request({ method: 'POST', path, headers, body: content })
    return { status: statusCode, body: await body.text() }
  }
}

interface RawAnswer {
  /** 0 where there was no answer. */
  readonly status: number
  readonly body: string
}

function noAnswer(thrown: unknown): RawAnswer {
  return { status: 0, body: String(thrown) }
}
