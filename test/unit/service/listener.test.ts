import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { listenOnNode } from '../../../workers/node-listener.ts'

/** Longer than anything here takes, and shorter than Node keeps a connection that nobody uses. */
const SOON = 3_000

test('C1.3 a client that goes on asking on one connection does not keep Node from its end', async () => {
  const [begun, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const app = new Hono().get('/', async (context) => {
    begun.resolve()
    await going.promise
    return context.text('done')
  })
  const listener = await listenOnNode(app, { host: undefined, port: 0, keepAlive: 75_000 })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const first = ask(agent, listener.port)
  await begun.promise
  const closing = listener.close().then(() => 'closed')
  const second = ask(agent, listener.port)
  going.resolve()
  expect(await first).toBe('done')
  await expect(second).rejects.toThrow('ECONNREFUSED')
  const late = new Promise((resolve) => setTimeout(resolve, SOON, 'open').unref())
  expect(await Promise.race([closing, late])).toBe('closed')
  agent.destroy()
})

test('C1.3 a connection that was opened ahead, and one that is kept, do not keep Node from its end', async () => {
  const listener = await listenOnNode(
    new Hono().get('/', (c) => c.text('done')),
    { host: '127.0.0.1', port: 0, keepAlive: 75_000 },
  )
  expect(listener.host).toBe('127.0.0.1')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  expect(await ask(agent, listener.port)).toBe('done')
  const ahead = connect({ port: listener.port, host: '127.0.0.1' })
  ahead.on('error', () => undefined) // it may be reset
  await once(ahead, 'connect')
  expect(await ask(agent, listener.port)).toBe('done') // by now the server has seen the other one too
  const late = new Promise((resolve) => setTimeout(resolve, SOON, 'open').unref())
  expect(await Promise.race([listener.close().then(() => 'closed'), late])).toBe('closed')
  agent.destroy()
})

test('C1.3 a connection that was accepted before the end brings its request', async () => {
  const listener = await listenOnNode(
    new Hono().get('/', (c) => c.text('done')),
    { host: '127.0.0.1', port: 0, keepAlive: 75_000 },
  )
  const socket = connect({ port: listener.port, host: '127.0.0.1' })
  await once(socket, 'connect')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  expect(await ask(agent, listener.port)).toBe('done') // by now the server has accepted the other one too
  agent.destroy()
  const closing = listener.close()
  socket.setEncoding('utf8').write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  let text = ''
  for await (const chunk of socket) text += chunk
  expect(text).toMatch(/^HTTP\/1\.1 200 /)
  expect(text).toMatch(/connection: close/i)
  await closing
})

test('C7 a host or a target that is none is 400 in the one shape of errors', async () => {
  const listener = await listenOnNode(
    new Hono().get('/', (c) => c.text('done')),
    { host: undefined, port: 0, keepAlive: 75_000 },
  )
  const send = async (head: string) => {
    const socket = connect({ port: listener.port, host: '127.0.0.1' })
    socket.setEncoding('utf8').write(`${head}\r\nConnection: close\r\n\r\n`)
    let text = ''
    for await (const chunk of socket) text += chunk
    return text
  }
  for (const head of [
    'GET / HTTP/1.1',
    'GET / HTTP/1.1\r\nHost: x\r\nHost: x',
    'GET / HTTP/1.1\r\nHost: x/y',
    'GET foo://x/ HTTP/1.1\r\nHost: x',
  ]) {
    const text = await send(head)
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text).toContain('"statusCode":400')
  }
  expect(await send('GET / HTTP/1.0')).toMatch(/^HTTP\/1\.1 200 /)
  await listener.close()
})

function ask(agent: Agent, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ agent, port, host: '127.0.0.1' }, async (answer) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of answer) chunks.push(chunk as Uint8Array)
      resolve(Buffer.concat(chunks).toString())
    })
    request.once('error', reject)
  })
}
