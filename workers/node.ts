import { serve as listen } from '@hono/node-server'
import { nodeRuntime } from '../adapters/runtime/node.ts'
import { processHost } from './host.ts'
import { serve } from './serve.ts'

await serve(processHost(nodeRuntime), (app, port) => {
  const { promise, resolve, reject } = Promise.withResolvers<{ port: number; close: () => Promise<void> }>()
  const server = listen({ fetch: app.fetch, port }, (address) =>
    resolve({ port: address.port, close: () => new Promise((closed) => server.close(() => closed())) }),
  )
  server.once('error', reject)
  return promise
})
