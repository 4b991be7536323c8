import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** Stands before a server of any protocol in which a request and its answer take turns on a connection, and counts. */
export interface CountingProxy {
  readonly port: number
  /** Round trips since the last look. */
  trips(): number
  close(): Promise<void>
}

/** In front of `target`; a request that does not count is told by the first bytes of it. */
export async function startCountingProxy(
  target: number,
  counts: (request: Buffer) => boolean = () => true,
): Promise<CountingProxy> {
  const sockets = new Set<Socket>()
  let trips = 0

  const server = createServer((client) => {
    const behind = connect(target, '127.0.0.1')
    let isAnswered = true // what comes now begins a request; all else until the answer is more of it
    client.on('data', (data) => {
      if (isAnswered && counts(data as Buffer)) trips++
      isAnswered = false
      behind.write(data)
    })
    behind.on('data', (data) => {
      isAnswered = true
      client.write(data)
    })
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => undefined).on('close', () => (sockets.delete(one), other.destroy()))
    }
  })

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    trips: () => {
      const counted = trips
      trips = 0
      return counted
    },
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      return closed
    },
  }
}
