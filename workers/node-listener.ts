import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { errorBody } from '../src/http/error-response.ts'
import { openDoors } from './front-doors.ts'
import type { Listen } from './serve.ts'

/**
 * The HTTP server of Node and Deno, on `node:http`. After `leave` and `close` every answer ends its connection: a client that
 * keeps sending requests on an open connection would stay at this instance, and keep the server from closing.
 */
export const listenOnNode: Listen = async (app, { host, port, keepAlive, connections }) => {
  let isClosing = false
  const fetch: typeof app.fetch = async (request, ...place) => {
    const answer = await app.fetch(request, ...place)
    if (isClosing) answer.headers.set('connection', 'close')
    return answer
  }
  // HTTP/1.0 allows a request without `Host`, and a `Request` needs one.
  const answer = getRequestListener(fetch, { hostname: 'localhost', errorHandler: refused })
  const server = createServer({ keepAliveTimeout: keepAlive, requireHostHeader: false }, strict(answer))
  const unused = unusedSockets(server)
  const { address, close: closeDoors } = await openDoors(server, { host, port, connections })
  const close = (): Promise<void> => {
    leave()
    const closing = closeDoors()
    for (const socket of unused) socket.destroy()
    return closing
  }
  const leave = (): void => {
    isClosing = true
  }
  return { host: address.address, port: address.port, leave, close }
}

/** Connections without a request so far, as clients open them in advance: Node's `close` waits for them, so they are destroyed. */
function unusedSockets(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>()
  server.on('connection', (socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', ({ socket }) => unused.delete(socket))
  return unused
}

/** Refuses a request with two `Host` headers, or with none on HTTP/1.1 (RFC 9112 §3.2): proxies differ in which of two counts. */
function strict(answer: RequestListener): RequestListener {
  return (incoming, outgoing) => (hasOneHost(incoming) ? answer(incoming, outgoing) : refuse(outgoing))
}

function hasOneHost({ httpVersion, rawHeaders }: IncomingMessage): boolean {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'host') hosts++
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0')
}

function refuse(outgoing: ServerResponse): void {
  outgoing.writeHead(400, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(BAD))
}

/** The answer to a request whose host or target no `Request` can be made of. */
function refused(): Response {
  return Response.json(BAD, { status: 400 })
}

const BAD = errorBody(400, 'the request target must be a path, and the header host one host[:port]')
