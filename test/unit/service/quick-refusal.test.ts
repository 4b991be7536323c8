import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { refuseQuickly, refusedRoute } from '../../../workers/quick-refusal.ts'

/** A server that refuses all that it may, and answers 204 to the rest. */
async function open(isLast = false): Promise<number> {
  const server = createServer((incoming, outgoing) => {
    const isRefused = refusedRoute(incoming) !== undefined && refuseQuickly(incoming, outgoing, isLast)
    if (!isRefused) incoming.resume().on('end', () => outgoing.writeHead(204).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function post(port: number, path: string, body: string, headers = {}) {
  const sent = request({ port, host: '127.0.0.1', method: 'POST', path, headers: { connection: 'close', ...headers } })
  sent.end(body)
  const [answer] = await once(sent, 'response')
  return { answer, body: answer.statusCode === 204 ? undefined : await json(answer) }
}

test.each(['/saga', '/event', '/flow-manager/saga?wait=3', '/event?a=/b'])(
  'P16 %s is refused with Retry-After, like the app refuses it',
  async (path) => {
    const { answer, body } = await post(await open(), path, '{}', { 'content-length': 2 })
    expect(answer.statusCode).toBe(503)
    expect(answer.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/json' })
    expect(body).toEqual({
      statusCode: 503,
      error: 'Service Unavailable',
      message: expect.stringContaining('nothing was done'),
    })
  },
)

test.each(['/sagas/s/redeliver', '/operations', '/sagas', '/saga/x', '/events', '/x?/saga'])(
  'P16 %s is left to the app',
  async (path) => {
    const { answer } = await post(await open(), path, '{}', { 'content-length': 2 })
    expect(answer.statusCode).toBe(204)
  },
)

test('C7 P16 a large body, or one of unknown length, is left to the app, which drops it', async () => {
  const port = await open()
  const large = 'x'.repeat(70_000)
  expect((await post(port, '/event', large, { 'content-length': large.length })).answer.statusCode).toBe(204)
  expect((await post(port, '/event', '{}', { 'transfer-encoding': 'chunked' })).answer.statusCode).toBe(204)
})
