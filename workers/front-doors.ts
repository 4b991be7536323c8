import cluster from 'node:cluster'
import type { Server as HttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, ListenOptions, Server } from 'node:net'
import { boundConnections } from './connection-bound.ts'
import type { ListenOptions as ServerOptions } from './serve.ts'

/**
 * Listening sockets of one port. libuv accepts one connection of each in a turn of the event loop, since 1.46. A turn with a group of
 * writes takes milliseconds, under overload a hundred: with one socket a thousand connections, and the probe behind them, would wait for
 * ten seconds. The kernel takes longer for each further socket of a port, so the start waits for the first ones alone.
 */
const [DOORS, FIRST_DOORS] = [256, 64]
/** Connections that wait to be accepted at each. */
const BACKLOG = 128

/** The listening sockets of an HTTP server. */
export interface FrontDoors {
  readonly address: AddressInfo
  /** Refuses new connections; resolves when the open ones have ended. */
  readonly close: () => Promise<void>
}

/** Where a server listens, and how many connections it may have. */
export type DoorOptions = Pick<ServerOptions, 'host' | 'port' | 'connections'>

/** Makes a server listen on several sockets of one port, or on one where ports cannot be shared. */
export async function openDoors(server: HttpServer, options: DoorOptions): Promise<FrontDoors> {
  const { host, port, connections } = options
  if (connections !== undefined) boundConnections(server, connections)
  // The workers of a cluster have one socket in common, which its primary process holds.
  if (cluster.isWorker) {
    await listening(server, { host, port })
    return { address: server.address() as AddressInfo, close: () => closed(server) }
  }
  const doors = await SharedDoors.open(server, options)
  return { address: server.address() as AddressInfo, close: () => doors.close() }
}

/** The sockets of a server that shares its port with none but itself. */
class SharedDoors {
  readonly #server: HttpServer
  readonly #where: ListenOptions
  readonly #doors: Server[]
  #isClosing = false
  #opening: Promise<void> = Promise.resolve()

  private constructor(server: HttpServer, where: ListenOptions) {
    this.#server = server
    this.#where = where
    this.#doors = [server]
  }

  /**
   * Makes a server listen. Rejects where another process has the port: shared ports would let two services take each other's requests,
   * so the port is first taken alone.
   */
  static async open(server: HttpServer, options: DoorOptions): Promise<SharedDoors> {
    const { address, port } = await freeAddress(options)
    const host = options.host === undefined ? undefined : address
    const doors = new SharedDoors(server, { port, host, backlog: BACKLOG, reusePort: true })
    await doors.#begin()
    return doors
  }

  async close(): Promise<void> {
    this.#isClosing = true
    await this.#opening
    await Promise.all(this.#doors.map(closed))
  }

  /** One socket is enough where the system, or the host, cannot share ports. */
  async #begin(): Promise<void> {
    try {
      await listening(this.#server, this.#where)
      await this.#openUpTo(FIRST_DOORS)
      this.#opening = this.#openUpTo(DOORS).catch(() => undefined)
    } catch {
      if (!this.#server.listening) await listening(this.#server, { ...this.#where, reusePort: false })
    }
  }

  async #openUpTo(count: number): Promise<void> {
    while (this.#doors.length < count && !this.#isClosing) this.#doors.push(await openDoor(this.#server, this.#where))
  }
}

/** Takes the address alone, and leaves it again. */
async function freeAddress({ host, port }: DoorOptions): Promise<AddressInfo> {
  const probe = createServer((socket) => socket.destroy())
  await listening(probe, { host, port })
  const address = probe.address() as AddressInfo
  await closed(probe)
  return address
}

/** A listening socket whose connections are the HTTP server's. */
async function openDoor(server: HttpServer, where: ListenOptions): Promise<Server> {
  const door = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket))
  await listening(door, where)
  return door
}

function listening(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
