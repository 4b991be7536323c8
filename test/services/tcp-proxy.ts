import { createServer, connect } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

/** The fault of the next request that contains a text. */
export type Loss = 'request' | 'answer'

/** Stands before a server of any protocol in which a request and its answer take turns on a connection. */
export interface TcpProxy {
  readonly port: number
  /** Bytes that have gone to the server so far. */
  readonly sent: number
  /** The next request with this text does not arrive, or its answer does not; the connection is gone in both cases. */
  lose(what: Loss, text: string): void
  /** The next request with this text waits until it is let go, although its sender may be gone by then. */
  hold(text: string): Held
  /** Connections stand and are taken, and nothing moves on them. */
  freeze(): void
  thaw(): void
  /** Requests arrive so many milliseconds later; 0: at once. */
  slow(ms: number): void
  /** Stops listening and ends every connection. */
  refuse(): Promise<void>
  accept(): Promise<void>
  close(): Promise<void>
}

export interface Held {
  /** Resolves when the request is here. */
  readonly caught: Promise<void>
  letGo(): void
}

/** In front of `target`, which is asked for at each connection. */
export async function startTcpProxy(target: () => number): Promise<TcpProxy> {
  const proxy = new Proxy(target)
  await proxy.accept()
  return proxy
}

type Trap = (chunk: Buffer, pair: Pair) => boolean

interface Pair {
  readonly client: Socket
  readonly server: Socket
  isMute: boolean
  /** Chunks that are late, and by how much: whatever comes behind them is as late, so that they stay in order. */
  late: number
  delay: number
}

class Proxy implements TcpProxy {
  port = 0
  sent = 0
  readonly #target: () => number
  readonly #pairs = new Set<Pair>()
  #traps: Trap[] = []
  #server: Server | undefined
  #frozen = false
  #delay = 0

  constructor(target: () => number) {
    this.#target = target
  }

  lose(what: Loss, text: string): void {
    this.#trap(text, (chunk, pair) => {
      if (what === 'request') return void pair.client.destroy()
      pair.isMute = true
      pair.server.write(chunk)
      pair.server.once('data', () => {
        pair.client.destroy()
        pair.server.destroy()
      })
    })
  }

  hold(text: string): Held {
    let letGo = (): void => undefined
    const caught = new Promise<void>((resolve) => {
      this.#trap(text, (chunk, pair) => {
        pair.isMute = true
        letGo = () => void pair.server.write(chunk)
        resolve()
      })
    })
    return { caught, letGo: () => letGo() }
  }

  freeze(): void {
    this.#frozen = true
    for (const { client, server } of this.#pairs) for (const socket of [client, server]) socket.pause()
  }

  thaw(): void {
    this.#frozen = false
    for (const { client, server } of this.#pairs) for (const socket of [client, server]) socket.resume()
  }

  slow(ms: number): void {
    this.#delay = ms
  }

  async refuse(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    const closed = new Promise((resolve) => (server === undefined ? resolve(0) : server.close(resolve)))
    for (const { client, server: behind } of this.#pairs) for (const socket of [client, behind]) socket.destroy()
    await closed
  }

  async accept(): Promise<void> {
    const server = createServer((client) => this.#join(client))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.port, '127.0.0.1', resolve)
    })
    this.port = (server.address() as AddressInfo).port
    this.#server = server
  }

  async close(): Promise<void> {
    await this.refuse()
  }

  #trap(text: string, spring: (chunk: Buffer, pair: Pair) => void): void {
    const trap: Trap = (chunk, pair) => {
      if (!chunk.includes(text)) return false
      this.#traps = this.#traps.filter((one) => one !== trap)
      spring(chunk, pair)
      return true
    }
    this.#traps.push(trap)
  }

  #join(client: Socket): void {
    const pair: Pair = { client, server: connect(this.#target(), '127.0.0.1'), isMute: false, late: 0, delay: 0 }
    const { server } = pair
    this.#pairs.add(pair)
    const end = (): void => {
      this.#pairs.delete(pair)
      client.destroy()
      // A held request may still be released, after its sender has given up.
      if (!pair.isMute) server.destroy()
    }
    client.on('data', (data) => {
      const chunk = data as Buffer
      if (this.#traps.some((trap) => trap(chunk, pair))) return
      this.sent += chunk.length
      if (!pair.isMute) this.#forward(chunk, pair)
    })
    server.on('data', (chunk) => {
      if (!pair.isMute) client.write(chunk)
    })
    for (const socket of [client, server]) socket.on('error', () => undefined).on('close', end)
    if (this.#frozen) for (const socket of [client, server]) socket.pause()
  }

  #forward(chunk: Buffer, pair: Pair): void {
    if (pair.late === 0) pair.delay = this.#delay
    if (pair.delay === 0) return void pair.server.write(chunk)
    pair.late++
    setTimeout(() => {
      pair.late--
      pair.server.write(chunk)
    }, pair.delay)
  }
}
