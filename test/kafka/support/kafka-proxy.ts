import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** API keys of Kafka's requests. */
export const PRODUCE = 0
export const FETCH = 1

/** The fate of one answer of the broker. */
export type AnswerFate =
  | 'pass'
  /** The answer is dropped, and the connection stays open. */
  | 'swallow'
  /** A Fetch answer says that the leader of its first partition is another broker: kafkajs asks for the leaders, and joins again. */
  | 'not-leader'
  /** A part of the answer is sent, then the connection is reset. */
  | 'break'

/** A proxy between clients and a broker, with faults for each client. The broker must advertise the proxy's address. */
export class KafkaProxy {
  readonly #server: Server
  readonly #lines = new Set<ProxiedConnection>()
  readonly #fates = new Map<string, (api: number) => AnswerFate>()
  readonly #deaf = new Set<string>()
  #target: { readonly host: string; readonly port: number } | undefined

  private constructor() {
    this.#server = createServer((socket) => this.#accept(socket))
  }

  static async listen(): Promise<KafkaProxy> {
    const proxy = new KafkaProxy()
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  leadsTo(address: string): void {
    const [host = '', port] = address.split(':')
    this.#target = { host, port: Number(port) }
  }

  /** Sets the fate of each answer to this client. */
  answers(client: string, fate: (api: number) => AnswerFate): void {
    this.#fates.set(client, fate)
  }

  /** The open connections of this client stay open and carry nothing more; new ones work. */
  freeze(client: string): void {
    for (const line of this.#of(client)) line.isFrozen = true
  }

  /** Ends all connections of this client, with a FIN or with a reset. */
  cut(client: string, how: 'end' | 'reset'): void {
    for (const line of this.#of(client)) line.cut(how)
  }

  /** Open and new connections of this client carry nothing, until `hear`. */
  deafen(client: string): void {
    this.#deaf.add(client)
    this.freeze(client)
  }

  /** Ends the silence of this client; its silent connections are cut. */
  hear(client: string): void {
    this.#deaf.delete(client)
    this.cut(client, 'reset')
  }

  async close(): Promise<void> {
    for (const line of this.#lines) line.cut('reset')
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #of(client: string): ProxiedConnection[] {
    return [...this.#lines].filter((line) => line.name === client)
  }

  #accept(socket: Socket): void {
    if (this.#target === undefined) return void socket.destroy()
    const line = new ProxiedConnection(socket, connect(this.#target), {
      fate: (client, api) => this.#fates.get(client)?.(api) ?? 'pass',
      isDeaf: (client) => this.#deaf.has(client),
      onEnd: () => this.#lines.delete(line),
    })
    this.#lines.add(line)
  }
}

interface Rules {
  readonly fate: (client: string, api: number) => AnswerFate
  readonly isDeaf: (client: string) => boolean
  readonly onEnd: () => void
}

class ProxiedConnection {
  /** The client's id, once it has sent a request. */
  name = ''
  isFrozen = false
  readonly #client: Socket
  readonly #broker: Socket
  /** API keys of requests by their correlation id. */
  readonly #asked = new Map<number, number>()

  constructor(client: Socket, broker: Socket, rules: Rules) {
    this.#client = client
    this.#broker = broker
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      one.setNoDelay(true)
      one.on('error', () => undefined) // `close` follows
      one.on('close', () => {
        rules.onEnd()
        if (!this.isFrozen) other.destroy()
      })
    }
    const ask = (frame: Buffer) => {
      this.#asked.set(frame.readInt32BE(8), frame.readInt16BE(4))
      this.name ||= frame.subarray(14, 14 + Math.max(0, frame.readInt16BE(12))).toString()
      this.isFrozen ||= rules.isDeaf(this.name)
      if (!this.isFrozen) broker.write(frame)
    }
    const answer = (frame: Buffer) => {
      const id = frame.readInt32BE(4)
      const what = this.isFrozen ? 'swallow' : rules.fate(this.name, this.#asked.get(id) ?? -1)
      this.#asked.delete(id)
      if (what === 'pass') client.write(frame)
      if (what === 'not-leader') client.write(notLeader(frame))
      if (what === 'break') client.write(frame.subarray(0, Math.min(50, frame.length - 1)), () => this.cut('reset'))
    }
    client.on('data', frames(ask))
    broker.on('data', frames(answer))
  }

  cut(how: 'end' | 'reset'): void {
    if (how === 'end') this.#client.end()
    else this.#client.resetAndDestroy()
    this.#broker.destroy()
  }
}

const NOT_LEADER = 6

/** A Fetch answer of versions 7 to 11, without records where it has none at all. */
function notLeader(frame: Buffer): Buffer {
  const [topics, name] = [18, 22]
  if (frame.readInt32BE(topics) > 0) frame.writeInt16BE(NOT_LEADER, name + 2 + frame.readInt16BE(name) + 8)
  return frame
}

/** Forwards one request or answer at a time, each with its length before it. */
function frames(take: (frame: Buffer) => void): (chunk: Buffer) => void {
  let left: Buffer = Buffer.alloc(0)
  return (chunk) => {
    left = left.length === 0 ? chunk : Buffer.concat([left, chunk])
    while (left.length >= 4 && left.length >= 4 + left.readInt32BE(0)) {
      const end = 4 + left.readInt32BE(0)
      take(left.subarray(0, end))
      left = left.subarray(end)
    }
  }
}
