import process from 'node:process'
import { serve } from '@hono/node-server'
import { persistencyManager } from '../../../examples/persistency-manager/app.ts'
import { DocumentStore } from '../../../examples/persistency-manager/store.ts'

/** `examples/persistency-manager/server.ts`, on a free port. */
const store = new DocumentStore(process.argv[2] ?? '')
serve({ fetch: persistencyManager(store).fetch, port: 0 }, ({ port }) => {
  process.stdout.write(`${JSON.stringify({ url: `http://localhost:${port}` })}\n`)
})
process.on('SIGTERM', () => process.exit())
