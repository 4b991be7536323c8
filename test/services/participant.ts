import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { insist } from './client.ts'
import type { Answer } from './client.ts'

/** A command as it came over the wire (C3.2, C3.5). */
export interface Received {
  readonly at: number
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The header idempotency-key as it came. */
  readonly key: string
  /** The body, byte by byte as text. */
  readonly bytes: string
  readonly sagaId: string
  readonly label: string
  readonly payload: Readonly<Record<string, unknown>>
  /** How often this key has come by now, from 1. */
  readonly nth: number
}

/** The reaction to one command. Everything absent: 202 at once, and no event. */
export interface Reaction {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Its words; default: none. */
  readonly body?: string | Uint8Array
  /** Milliseconds until it answers. */
  readonly wait?: number
  /** The connection is cut where the answer should be. */
  readonly cut?: boolean
  /** Label of the event that it sends; its key is made of the command's, the same for a repeat. */
  readonly emit?: string
  readonly payload?: Readonly<Record<string, unknown>>
  /** The event is sent, and its answer waited for, before the command is answered (P13). */
  readonly emitFirst?: boolean
}

export type Behaviour = (command: Received) => Reaction

/** An event that got its answer. */
export interface Emitted {
  readonly command: Received
  readonly label: string
  readonly key: string
  readonly answer: Answer
  /** Tries until there was an answer. */
  readonly tries: number
}

/** A service that takes commands and answers with events, over real HTTP on loopback. */
export interface Participant {
  readonly port: number
  /** Every command that arrived, repeats included, in order. */
  readonly received: readonly Received[]
  readonly emitted: readonly Emitted[]
  /** Where `POST /event` is, and what headers it wants. */
  reports(to: string | (() => string), headers?: Readonly<Record<string, string>>): void
  behaves(behaviour: Behaviour): void
  /** Called with every event that got its answer. */
  onEmitted(listener: (emitted: Emitted) => void): void
  /** Connections are refused from now on, those under way are cut. */
  shut(): Promise<void>
  /** Listens again on the same port. */
  open(): Promise<void>
  close(): Promise<void>
}

export async function startParticipant(behaviour: Behaviour = () => ({})): Promise<Participant> {
  const participant = new HttpParticipant(behaviour)
  await participant.open()
  return participant
}

class HttpParticipant implements Participant {
  port = 0
  readonly received: Received[] = []
  readonly emitted: Emitted[] = []
  readonly #times = new Map<string, number>()
  readonly #ending = new AbortController()
  #server = this.#serve()
  #behaviour: Behaviour
  #target: { readonly url: () => string; readonly headers: Readonly<Record<string, string>> } | undefined
  #listener: (emitted: Emitted) => void = () => undefined

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour
  }

  reports(to: string | (() => string), headers: Readonly<Record<string, string>> = {}): void {
    this.#target = { url: typeof to === 'string' ? () => to : to, headers }
  }

  behaves(behaviour: Behaviour): void {
    this.#behaviour = behaviour
  }

  onEmitted(listener: (emitted: Emitted) => void): void {
    this.#listener = listener
  }

  async open(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject).listen(this.port, '127.0.0.1', resolve)
    await promise
    this.port = (this.#server.address() as AddressInfo).port
  }

  async shut(): Promise<void> {
    const server = this.#server
    this.#server = this.#serve()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await this.shut()
  }

  #serve() {
    return createServer({ keepAliveTimeout: 60_000 }, (request, response) => void this.#take(request, response))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const command = this.#record(request, await textOf(request))
      await this.#react(command, response)
    } catch {
      response.destroy() // whoever sent it has gone, or the participant is closing
    }
  }

  #record(request: IncomingMessage, bytes: string): Received {
    const { method = '', url: path = '', headers } = request
    const key = String(headers['idempotency-key'])
    const nth = (this.#times.get(key) ?? 0) + 1
    this.#times.set(key, nth)
    const command = { at: Date.now(), method, path, headers, key, bytes, nth, ...messageOf(bytes) }
    this.received.push(command)
    return command
  }

  async #react(command: Received, response: ServerResponse): Promise<void> {
    const reaction = this.#behaviour(command)
    const { status = 202, headers = {}, body, wait = 0, cut = false, emitFirst = false } = reaction
    if (emitFirst) await this.#emit(command, reaction)
    if (wait > 0) await sleep(wait, undefined, { signal: this.#ending.signal })
    if (cut) response.destroy()
    else response.writeHead(status, headers).end(body)
    if (!emitFirst) await this.#emit(command, reaction)
  }

  /** Sends until there is an answer, as a participant must: only an answer says that the event is safe (I1). */
  async #emit(command: Received, { emit: label, payload = {} }: Reaction): Promise<void> {
    if (label === undefined || this.#target === undefined) return
    const { url, headers } = this.#target
    const key = `${command.key}/${encodeURIComponent(label)}`
    const body = JSON.stringify({ key: command.sagaId, value: { messageLabel: label, messagePayload: payload } })
    const request = { body, headers: { ...headers, 'idempotency-key': key } }
    const { answer, tries } = await insist(() => `${url()}/event`, request, this.#ending.signal)
    const emitted = { command, label, key, answer, tries }
    this.emitted.push(emitted)
    this.#listener(emitted)
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks).toString('utf8')
}

function messageOf(bytes: string): Pick<Received, 'sagaId' | 'label' | 'payload'> {
  const { key, value } = JSON.parse(bytes) as {
    key: string
    value: { messageLabel: string; messagePayload: Record<string, unknown> }
  }
  return { sagaId: key, label: value.messageLabel, payload: value.messagePayload }
}
