import { serve as listen } from '@hono/node-server'
import type { Listen } from './serve.ts'

/** Node's own HTTP server. */
export const listenOnNode: Listen = (app, port) => {
  const { promise, resolve, reject } = Promise.withResolvers<{ port: number; close: () => Promise<void> }>()
  const server = listen({ fetch: app.fetch, port }, (address) =>
    resolve({ port: address.port, close: () => new Promise((closed) => server.close(() => closed())) }),
  )
  server.once('error', reject)
  return promise
}
