import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { EmittedEvent, EventAnswer } from './service-client.ts'

/** A command as it arrives over a REST channel (C3.2). */
export interface ReceivedCommand {
  readonly sagaId: string
  readonly label: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** The event emitted in answer to a command. */
export interface Emission {
  readonly label: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** A client through which a participant emits events, such as a `ServiceClient`. */
export interface EventDoor {
  /** Resolves when the event is accepted. */
  emit(event: EmittedEvent): Promise<EventAnswer>
  /** False once it is closed: a failure after that is no news. */
  readonly isOpen: boolean
}

/** Options of `startParticipant`. */
export interface ParticipantOptions {
  /** Must depend on the command alone: a repeated command gets the same answer. */
  readonly answer: (command: ReceivedCommand) => Emission
  /** Called with the service's answer to an event. */
  readonly emitted: (answer: EventAnswer) => void
  /** Called with the reason why the service did not accept an event, while the client was open. */
  readonly failed: (error: Error) => void
}

/** A participant that listens. */
export interface Participant {
  readonly port: number
  /** Commands that arrived, and how many of them repeated an idempotency key (I7). */
  readonly received: number
  readonly repeated: number
  /** Sends events to this service from now on. Commands that arrived earlier were refused with 503. */
  connect(door: EventDoor): void
  close(): Promise<void>
}

/**
 * A participant with a socket of its own: answers each command with 202 at once, then emits its event to `POST /event` under the
 * key `<saga id>/<label>`.
 */
export async function startParticipant(options: ParticipantOptions): Promise<Participant> {
  const taker = new Taker(options)
  const server = createServer((request, response) => void taker.take(request, response))
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return Object.assign(taker, {
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  })
}

class Taker {
  received = 0
  repeated = 0
  readonly #options: ParticipantOptions
  readonly #keys = new Set<string>()
  #door: EventDoor | undefined

  constructor(options: ParticipantOptions) {
    this.#options = options
  }

  connect(door: EventDoor): void {
    this.#door = door
  }

  async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await read(request)
    if (this.#door === undefined) return void response.writeHead(503).end()
    this.#count(String(request.headers['idempotency-key']))
    response.writeHead(202).end()
    await this.#answer(this.#door, text)
  }

  #count(key: string): void {
    this.received++
    if (this.#keys.has(key)) this.repeated++
    this.#keys.add(key)
  }

  async #answer(door: EventDoor, text: string): Promise<void> {
    try {
      const { key, value } = JSON.parse(text) as Body
      const command = { sagaId: key, label: value.messageLabel, payload: value.messagePayload }
      const { label, payload } = this.#options.answer(command)
      this.#options.emitted(await door.emit({ sagaId: key, label, payload, key: `${key}/${label}` }))
    } catch (thrown) {
      if (door.isOpen) this.#options.failed(thrown instanceof Error ? thrown : new Error(String(thrown)))
    }
  }
}

interface Body {
  readonly key: string
  readonly value: { readonly messageLabel: string; readonly messagePayload: Readonly<Record<string, unknown>> }
}

function read(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    request
      .setEncoding('utf8')
      .on('data', (chunk: string) => (text += chunk))
      .on('end', () => resolve(text))
      .on('error', reject)
  })
}
