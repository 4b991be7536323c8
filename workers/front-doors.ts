import cluster from 'node:cluster'
import type { Server as HttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, ListenOptions, Server } from 'node:net'
import type { ConnectionLimit, ListenOptions as ServerOptions } from './serve.ts'

/**
 * Listening sockets of one port. libuv accepts one connection of each in a turn of the event loop, since 1.46. A turn with a group of
 * writes takes milliseconds: with one socket a thousand connections, and the probe behind them, would wait for ten seconds.
 */
const DOORS = 64
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
  if (connections !== undefined) bound(server, connections)
  const doors: Server[] = [server]
  // The workers of a cluster have one socket in common, which its primary process holds.
  if (cluster.isWorker) await listening(server, { host, port })
  else doors.push(...(await openShared(server, options)))
  return {
    address: server.address() as AddressInfo,
    close: async () => void (await Promise.all(doors.map(closed))),
  }
}

/**
 * Makes a server listen, and returns the further sockets. Rejects where another process has the port: shared ports would let two
 * services take each other's requests, so the port is first taken alone.
 */
async function openShared(server: HttpServer, options: DoorOptions): Promise<Server[]> {
  const { address, port } = await freeAddress(options)
  const shared = { port, host: options.host === undefined ? undefined : address, backlog: BACKLOG, reusePort: true }
  const doors: Server[] = []
  try {
    await listening(server, shared)
    while (doors.length < DOORS - 1) doors.push(await openDoor(server, shared))
  } catch {
    // One is enough where the system, or the host, cannot share ports.
    if (!server.listening) await listening(server, { ...shared, reusePort: false })
  }
  return doors
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

/** Ends connections above a limit at once. */
function bound(server: HttpServer, { limit, dropped }: ConnectionLimit): void {
  let open = 0
  server.prependListener('connection', (socket) => {
    socket.once('close', () => open--)
    if (++open <= limit) return
    socket.destroy()
    dropped()
  })
}
