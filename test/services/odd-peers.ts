import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server made of bytes, for what no HTTP server would do. */
export interface OddPeer {
  readonly port: number
  /** Whole requests, in the order of their coming. */
  readonly requests: readonly string[]
  /** Connections that are open now. */
  readonly open: number
  /** Connections that were ever opened. */
  readonly opened: number
  close(): Promise<void>
}

/** Answers each request with these pieces, some ms apart, so that they come as pieces. */
export function answersWith(...pieces: readonly string[]): Promise<OddPeer> {
  return oddPeer((socket) => void writeApart(socket, pieces))
}

/** One timer after the other: of several that are due, those of the same length would run first. */
async function writeApart(socket: Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.writable) socket.write(piece)
    await sleep(15)
  }
}

/** Takes connections, and says nothing whatever comes: no TLS, no answer. */
export function saysNothing(): Promise<OddPeer> {
  return oddPeer(() => undefined)
}

export const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'

async function oddPeer(react: (socket: Socket) => void): Promise<OddPeer> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  let opened = 0
  const server = createServer((socket) => {
    opened++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
      const whole = wholeRequest(text)
      if (whole === undefined) return
      text = ''
      requests.push(whole)
      react(socket)
    })
  })
  return {
    port: await listening(server),
    requests,
    get open() {
      return sockets.size
    },
    get opened() {
      return opened
    },
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((closed) => server.close(() => closed()))
    },
  }
}

/** One request alone, with its length or in chunks. */
function wholeRequest(text: string): string | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = text.slice(0, end)
  if (/\r\ntransfer-encoding: chunked/i.test(head)) return text.endsWith('0\r\n\r\n') ? text : undefined
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
  return text.length >= end + 4 + length ? text : undefined
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
