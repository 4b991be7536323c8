import { serve as listen } from '@hono/node-server'
import type { Listen } from './serve.ts'

/**
 * Node's own HTTP server. From `close` on each answer is the last of its connection: Node would go on serving whoever keeps
 * asking on one that was in use at that moment, and the service would not come to its end.
 */
export const listenOnNode: Listen = (app, port) => {
  const { promise, resolve, reject } = Promise.withResolvers<{ port: number; close: () => Promise<void> }>()
  let isClosing = false
  const fetch: typeof app.fetch = async (request, ...place) => {
    const answer = await app.fetch(request, ...place)
    if (isClosing) answer.headers.set('connection', 'close')
    return answer
  }
  const server = listen({ fetch, port }, (address) => resolve({ port: address.port, close }))
  const close = (): Promise<void> => {
    isClosing = true
    return new Promise((closed) => server.close(() => closed()))
  }
  server.once('error', reject)
  return promise
}
