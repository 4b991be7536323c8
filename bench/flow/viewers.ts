import { connect } from 'node:net'
import type { Socket } from 'node:net'
import process from 'node:process'

/**
 * Clients that watch, in a process of their own. A message `{ port, path, count }` opens so many streams and closes those of before;
 * it is answered once each has its first bytes. The message `seen` is answered with the bytes of all streams so far.
 */
interface Plan {
  readonly port: number
  readonly path: string
  readonly count: number
}

let sockets: Socket[] = []
let bytes = 0

/** Streams that are opened at once. */
const TOGETHER = 100

async function open({ port, path, count }: Plan): Promise<void> {
  for (const socket of sockets) socket.destroy()
  sockets = []
  while (sockets.length < count) {
    const more = Array.from({ length: Math.min(TOGETHER, count - sockets.length) }, () => stream(port, path))
    sockets.push(...(await Promise.all(more)))
  }
}

function stream(port: number, path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`))
    socket.on('error', reject)
    socket.on('data', (data) => {
      bytes += data.length
      resolve(socket)
    })
  })
}

process.on('message', (order: Plan | 'seen') => {
  if (order === 'seen') process.send?.(bytes)
  else void open(order).then(() => process.send?.(bytes))
})
process.on('disconnect', () => process.exit())
