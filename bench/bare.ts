import process from 'node:process'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

/** What the same server does when it has nothing to do: parses a body, answers. */
const app = new Hono()
app.post('/saga', async (c) => {
  const { associatedEntityId } = await c.req.json<{ associatedEntityId: string }>()
  return c.json({ sagaId: associatedEntityId })
})
serve({ fetch: app.fetch, port: 0 }, ({ port }) => {
  process.stdout.write(`${JSON.stringify({ url: `http://localhost:${port}` })}\n`)
})
process.on('SIGTERM', () => process.exit())
