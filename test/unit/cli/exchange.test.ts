import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { exchange } from '../../../cli/service/exchange.ts'

let server: Server
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

async function listen(answer: (response: ServerResponse, socket: Socket) => void): Promise<URL> {
  server = createServer(({ socket }, response) => answer(response, socket))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

const GET = { method: 'GET', headers: {}, within: 10_000 }

test('an answer of several parts is read whole, and its connection is kept', async () => {
  const sockets = new Set<Socket>()
  const url = await listen((response, socket) => {
    sockets.add(socket)
    response.writeHead(503, { 'retry-after': '2' }).write(Buffer.from([0xc3]))
    response.end(Buffer.from([0xa9]))
  })
  for (let n = 0; n < 3; n++) expect(await exchange({ ...GET, url })).toEqual({ status: 503, retryAfter: 2, text: 'é' })
  expect(sockets.size).toBe(1)
})

test('a kept connection that the server closes under a request: the request is sent once more', async () => {
  let asked = 0
  const url = await listen((response, socket) => {
    asked++
    if (asked === 2) socket.destroy()
    else response.end('{}')
  })
  expect(await exchange({ ...GET, url })).toMatchObject({ status: 200 })
  expect(await exchange({ ...GET, url })).toMatchObject({ status: 200 })
  expect(asked).toBe(3)
})

test('a new connection that the server closes is an error, and so is half an answer', async () => {
  const url = await listen((response, socket) => {
    if (server.listenerCount('half') > 0)
      response.writeHead(200, { 'content-length': 9 }).write('1', () => socket.destroy())
    else socket.destroy()
  })
  await expect(exchange({ ...GET, url })).rejects.toThrow(/hang up|ECONNRESET/)
  server.on('half', () => undefined)
  await expect(exchange({ ...GET, url })).rejects.toThrow()
})

test.each([
  ['never', () => undefined],
  ['in part', (response: ServerResponse) => void response.writeHead(200, { 'content-length': 9 }).write('1')],
])('an answer that comes %s ends with the time that it had', async (_, answer) => {
  const url = await listen(answer)
  await expect(exchange({ ...GET, within: 50, url })).rejects.toThrow('there was no answer within 0.05 s')
})
