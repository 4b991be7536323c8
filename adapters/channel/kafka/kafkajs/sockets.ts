import { connect, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'

/** The argument that kafkajs calls its `socketFactory` with. */
export interface SocketRequest {
  readonly host: string
  readonly port: number
  readonly ssl: ConnectionOptions
  readonly onConnect: () => void
}

/** ms between keep-alive probes: a peer that has vanished is noticed within a minute or two. */
const KEEP_ALIVE = 10_000

/**
 * The sockets of one client. kafkajs keeps using dead connections, waits for answers on them when it is to end, and goes on connecting
 * after that. Destroying its sockets stops all three.
 */
export class Sockets {
  readonly #open = new Set<Socket>()
  #ended = false

  /** kafkajs's `socketFactory`. Throws after `end`. */
  readonly make = ({ host: named, port, ssl, onConnect }: SocketRequest): Socket => {
    if (this.#ended) throw new Error(`connect to ${named}:${port}: the client has ended`)
    const host = hostOf(named)
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...ssl }, onConnect)
      : connect({ host, port }, onConnect)
    socket.setKeepAlive(true, KEEP_ALIVE)
    socket.setNoDelay(true)
    socket.setMaxListeners(0) // kafkajs adds a listener for each request that waits for the connection
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    return socket
  }

  /** Destroys all sockets and makes no new ones. */
  end(): void {
    this.#ended = true
    for (const socket of this.#open) socket.destroy()
  }
}

/** A broker's address for kafkajs, which cuts at the first ":" even inside of an IPv6 address in brackets. */
export function seedOf(broker: string): string {
  return broker.replace(/^\[.*\]/, (address) => address.replaceAll(':', '_'))
}

/** Undoes `seedOf`: the IPv6 address as a socket takes it. */
function hostOf(host: string): string {
  return /^\[.*\]$/.test(host) ? host.slice(1, -1).replaceAll('_', ':') : host
}
