import { Agent, get } from 'node:http'
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
