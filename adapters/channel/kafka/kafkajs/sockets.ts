import { connect, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'

export interface Line {
  readonly host: string
  readonly port: number
  readonly ssl: ConnectionOptions
  readonly onConnect: () => void
}

/** Probes of an idle line: a peer that has vanished without a word is found within a minute or two. */
const KEEP_ALIVE = 10_000

/**
 * The sockets of one client. kafkajs keeps using lines that are dead, waits for answers on them when it is to end, and goes on
 * connecting after that; who holds the sockets can put an end to it.
 */
export class Sockets {
  readonly #open = new Set<Socket>()
  #ended = false

  /** kafkajs's `socketFactory`. */
  readonly make = ({ host: named, port, ssl, onConnect }: Line): Socket => {
    if (this.#ended) throw new Error('the client has ended')
    const host = hostOf(named)
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...ssl }, onConnect)
      : connect({ host, port }, onConnect)
    socket.setKeepAlive(true, KEEP_ALIVE)
    socket.setNoDelay(true)
    socket.setMaxListeners(0) // what kafkajs writes while it connects waits with a listener each
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    return socket
  }

  /** From now on there are none. */
  end(): void {
    this.#ended = true
    for (const socket of this.#open) socket.destroy()
  }
}

/** A broker as kafkajs takes it: it cuts at the first ":", which an IPv6 address in brackets has inside. */
export function seedOf(broker: string): string {
  return broker.replace(/^\[.*\]/, (address) => address.replaceAll(':', '_'))
}

/** What `seedOf` has made of an IPv6 address, as a socket takes it. */
function hostOf(host: string): string {
  return /^\[.*\]$/.test(host) ? host.slice(1, -1).replaceAll('_', ':') : host
}
