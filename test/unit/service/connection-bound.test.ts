import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { connect, Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { boundConnections } from '../../../workers/connection-bound.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const GET = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'

/** A server of two connections, which answers when a test says so. */
async function open() {
  let dropped = 0
  const answers: ServerResponse[] = []
  const server = createServer((_, outgoing) => void answers.push(outgoing))
  boundConnections(server, { limit: 2, dropped: () => dropped++, accepted: () => undefined })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void (server.closeAllConnections(), server.close()))
  /** A client whose connection the server has seen, with its end. */
  const client = async (): Promise<{ socket: Socket; ended: Promise<unknown> }> => {
    const seen = once(server, 'connection')
    const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
    socket.on('error', () => undefined)
    const ended = once(socket.resume(), 'close')
    await seen
    return { socket, ended }
  }
  const asked = async (socket: Socket): Promise<ServerResponse> => {
    const seen = once(server, 'request')
    socket.write(GET)
    const [, outgoing] = (await seen) as [unknown, ServerResponse]
    return outgoing
  }
  const answer = async (outgoing: ServerResponse): Promise<void> => {
    outgoing.end('done')
    await once(outgoing, 'close')
  }
  return { server, client, asked, answer, dropped: () => dropped }
}

test('P16 above the limit, the connection that has been without a request for longest makes room', async () => {
  const { client, asked, answer, dropped } = await open()
  const [kept, unused] = [await client(), await client()]
  vi.advanceTimersByTime(900)
  await answer(await asked(kept.socket))
  vi.advanceTimersByTime(200)
  const third = await client()
  await unused.ended
  await answer(await asked(third.socket))
  await answer(await asked(kept.socket))
  expect(dropped()).toBe(0)
})

test('P16 a connection that sends a head without end makes room too', async () => {
  const { client, asked, answer } = await open()
  const [slow, other] = [await client(), await client()]
  slow.socket.write('GET / HTTP/1.1\r\n')
  await answer(await asked(other.socket))
  vi.advanceTimersByTime(1_000)
  await client()
  await slow.ended
})

test('P16 a connection with a request in progress, pipelined ones too, and one that is new are safe: the newest is ended', async () => {
  const { client, asked, answer, dropped } = await open()
  const busy = await client()
  const first = await asked(busy.socket)
  const second = await asked(busy.socket)
  await answer(first)
  vi.advanceTimersByTime(60_000)
  const fresh = await client()
  await (
    await client()
  ).ended
  expect(dropped()).toBe(1)
  await answer(second)
  await answer(await asked(fresh.socket))
})

test('P16 connections that come in one turn each take the place of another one', async () => {
  const { client, server, dropped } = await open()
  const old = [await client(), await client()]
  vi.advanceTimersByTime(1_000)
  const both = [new Socket(), new Socket()]
  for (const socket of both) server.emit('connection', socket)
  await Promise.all(old.map(({ ended }) => ended))
  expect(dropped()).toBe(0)
  expect(both.map(({ destroyed }) => destroyed)).toEqual([false, false])
  for (const socket of both) socket.destroy()
})

test('P16 a connection that ends before its pipelined requests were answered is forgotten, on Deno too', async () => {
  const set = vi.spyOn(Map.prototype, 'set')
  onTestFinished(() => set.mockRestore())
  const { server } = await open()
  const socket = new Socket()
  server.emit('connection', socket)
  const answers = [new EventEmitter(), new EventEmitter()]
  for (const answer of answers) server.emit('request', { socket }, answer)
  const closed = once(socket, 'close')
  socket.destroy()
  answers[0]?.emit('close') // Deno, and Node before 24, close no more than the first
  await closed
  const ofSocket = new Set(set.mock.contexts.filter((_, at) => set.mock.calls[at]?.[0] === socket))
  expect([...ofSocket].map((map) => (map as ReadonlyMap<unknown, unknown>).has(socket))).toEqual([false, false])
})
