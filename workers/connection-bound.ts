import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionLimit } from './refusal-report.ts'

/** Milliseconds that a connection without a request is safe: a new one has its first request on the way, a kept one maybe its next. */
const SAFE = 1_000

/**
 * Bounds the open connections of a server. A new one above the limit takes the place of the one that has been without a request for
 * longest, as HTTP allows at any time (RFC 9112 §9.5): else thousands that send nothing would lock out all others, probes too, until their
 * time is over. Where all others have a request, the new one is ended.
 */
export function boundConnections(server: Server, { limit, dropped, accepted }: ConnectionLimit): void {
  /** Connections without a request, since when; the oldest first. */
  const idle = new Map<Socket, number>()
  /** Requests of a connection in progress beside its first one, where they are pipelined: mostly no connection has any. */
  const pipelined = new Map<Socket, number>()
  let open = 0
  const makeRoom = (now: number): boolean => {
    const [oldest] = idle
    if (oldest === undefined || now - oldest[1] < SAFE) return false
    idle.delete(oldest[0]) // it is closed in a later turn, and others may come in this one
    oldest[0].destroy()
    return true
  }
  server.prependListener('connection', (socket) => {
    const now = performance.now()
    socket.once('close', () => {
      open--
      idle.delete(socket)
      pipelined.delete(socket) // the answers that it did not come to are never closed
    })
    if (++open > limit && !makeRoom(now)) {
      socket.destroy()
      return dropped()
    }
    idle.set(socket, now)
    accepted()
  })
  server.prependListener('request', ({ socket }, outgoing) => {
    if (!idle.delete(socket)) pipelined.set(socket, (pipelined.get(socket) ?? 0) + 1)
    outgoing.once('close', () => {
      if (socket.destroyed) return
      const more = pipelined.get(socket)
      if (more === undefined) idle.set(socket, performance.now())
      else if (more > 1) pipelined.set(socket, more - 1)
      else pipelined.delete(socket)
    })
  })
}
