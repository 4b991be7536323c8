import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { loopbackOnly } from '../../../cli/play/loopback-only.ts'

test('a play answers on this machine alone, whatever name leads to it', async () => {
  const app = new Hono().use(loopbackOnly).all('*', (c) => c.text('here'))
  const statusOf = async (host: string) => (await app.request(`http://${host}/play/commands`)).status
  for (const host of ['127.0.0.1:3000', 'localhost:3000', 'LOCALHOST', '[::1]:3000'])
    expect(await statusOf(host), host).toBe(200)
  for (const host of ['rebound.example:3000', 'localhost.rebound.example', '127.0.0.1.rebound.example', '10.0.0.1'])
    expect(await statusOf(host), host).toBe(400)
})
