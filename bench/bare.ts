import process from 'node:process'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

/** The same server without work: parses a body, answers. */
const app = new Hono()
app.post('/saga', async (c) => {
  const { associatedEntityId } = await c.req.json<{ associatedEntityId: string }>()
  return c.json({ sagaId: associatedEntityId })
})
serve({ fetch: app.fetch, port: 0 }, ({ port }) => {
  process.stdout.write(`${JSON.stringify({ url: `http://localhost:${port}` })}\n`)
})
process.on('SIGTERM', () => process.exit())
