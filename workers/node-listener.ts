import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate, setTimeout } from 'node:timers'
import { getRequestListener } from '@hono/node-server'
import type { Http2Bindings, HttpBindings } from '@hono/node-server'
import { errorBody } from '../src/http/error-response.ts'
import type { HostEnvironment } from '../src/http/host-wait.ts'
import { openDoors } from './front-doors.ts'
import { refuseQuickly, refusedRoute } from './quick-refusal.ts'
import type { RefusalReport } from './refusal-report.ts'
import type { Listen } from './serve.ts'
import { TurnBudget } from './turn-budget.ts'

/**
 * The HTTP server of Node and Deno, on `node:http`. After `leave` and `close` every answer ends its connection: a client that
 * keeps sending requests on an open connection would stay at this instance, and keep the server from closing.
 */
export const listenOnNode: Listen = async (app, { host, port, keepAlive, connections, refusals }) => {
  let isClosing = false
  const waits = new WeakMap<object, number>()
  const turns = new TurnBudget()
  const fetch = async (request: Request, { incoming }: HttpBindings | Http2Bindings): Promise<Response> => {
    const answer = await app.fetch(request, { waitedAtHost: waits.get(incoming) } satisfies HostEnvironment)
    // A stream may end after `close`, when it is too late to say so.
    const isStream = incoming.method === 'GET' && answer.headers.get('content-type') === EVENT_STREAM
    if (isClosing || isStream) answer.headers.set('connection', 'close')
    return answer
  }
  // HTTP/1.0 allows a request without `Host`, and a `Request` needs one.
  const answer = getRequestListener(fetch, { hostname: 'localhost', errorHandler: refused })
  const server = createServer(
    { keepAliveTimeout: keepAlive, requireHostHeader: false },
    inTurns(strict(answer), { turns, waits, refusals, isClosing: () => isClosing }),
  )
  server.on('connection', () => turns.accepted())
  const unused = unusedSockets(server)
  const { address, close: closeDoors } = await openDoors(server, { host, port, connections })
  const close = (): Promise<void> => {
    leave()
    const closing = closeDoors()
    const destroy = (): void => {
      for (const socket of unused) socket.destroy()
    }
    // The immediate comes after one more look at all sockets, also where the loop was late.
    setTimeout(() => setImmediate(destroy), FIRST_REQUEST)
    return closing
  }
  const leave = (): void => {
    isClosing = true
  }
  return { host: address.address, port: address.port, leave, close }
}

/** The type of answers that are streams. */
const EVENT_STREAM = 'text/event-stream'

/** Milliseconds after `close` in which a connection that was just accepted may bring its request: it may lie unread in the socket. */
const FIRST_REQUEST = 100

interface RequestTurns {
  readonly turns: TurnBudget
  /** Milliseconds that each request has waited. */
  readonly waits: WeakMap<object, number>
  readonly refusals: RefusalReport | undefined
  readonly isClosing: () => boolean
}

/**
 * Begins each POST in its turn, creations last, and tells the app how long it has waited: one that waited for too long is refused
 * (P16). Probes and reads begin at once. A request whose client has gone is dropped.
 */
function inTurns(answer: RequestListener, { turns, waits, refusals, isClosing }: RequestTurns): RequestListener {
  return (incoming, outgoing) => {
    if (incoming.method !== 'POST') return answer(incoming, outgoing)
    const route = refusedRoute(incoming)
    const came = performance.now()
    const begin = (waited: number): void => {
      if (outgoing.destroyed) return
      const isRefused = waited === Number.POSITIVE_INFINITY && route !== undefined
      if (isRefused && refuseQuickly(incoming, outgoing, isClosing())) {
        return refusals?.refused({ incoming, route, waiting: turns.length, waited: performance.now() - came })
      }
      if (waited > 0) waits.set(incoming, waited)
      answer(incoming, outgoing)
      if (!isRefused) refusals?.admitted()
    }
    turns.run(begin, route !== '/saga')
  }
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
