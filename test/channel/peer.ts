import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ParticipantAnswer, ChannelPeer, Received } from '../../testing/contract/channel.ts'

export interface HttpPeer extends ChannelPeer {
  readonly port: number
  /** Requests in their order, header names in lower case. */
  readonly requests: readonly { method: string; url: string; headers: IncomingMessage['headers']; body: string }[]
  /** The number of connections that were opened. */
  readonly connections: number
}

const STATUS: Readonly<Record<'yes' | 'no' | 'later', number>> = { yes: 204, no: 400, later: 503 }

/** A participant over real HTTP. `handler` replaces the plan of answers. */
export async function httpPeer(handler?: (response: ServerResponse) => void): Promise<HttpPeer> {
  const received: Received[] = []
  const requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = []
  const plan: ParticipantAnswer[] = []
  let connections = 0

  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
      received.push(read(request, body))
      if (handler !== undefined) return handler(response)
      return carryOut(plan.shift() ?? 'yes', request, response)
    })
  })
  server.on('connection', () => connections++)
  const port = await listen(server)
  return {
    port,
    received,
    requests,
    get connections() {
      return connections
    },
    answer: (...answers) => void plan.push(...answers),
    close: () => {
      server.closeAllConnections()
      return new Promise((closed) => server.close(() => closed()))
    },
  }
}

function carryOut(answer: ParticipantAnswer, request: IncomingMessage, response: ServerResponse): void {
  if (answer === 'silence') return
  if (answer === 'hang-up') request.socket.destroy()
  else response.writeHead(STATUS[answer], answer === 'later' ? { 'retry-after': '3' } : {}).end()
}

function read({ headers }: IncomingMessage, body: string): Received {
  const { key, value } = JSON.parse(body) as { key: string; value: { messageLabel: string; messagePayload: unknown } }
  const id = decodeURIComponent(String(headers['idempotency-key']))
  const trace = headers['traceparent']
  const { messageLabel: label, messagePayload: payload } = value
  const one = typeof trace === 'string' ? trace : undefined
  return { id, key, label, payload, trace: one, headers: headers as Received['headers'] }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
