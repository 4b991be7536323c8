import { bunRuntime } from '../adapters/runtime/bun.ts'
import { processHost } from './host.ts'
import { serve } from './serve.ts'

/** Bodies are bounded by us (`BODY_LIMIT`), with an answer that the client gets to read; Bun would cut the line. */
const maxRequestBodySize = Number.MAX_SAFE_INTEGER

await serve(processHost(bunRuntime), (app, port) => {
  const server = Bun.serve({ port, maxRequestBodySize, fetch: (request) => app.fetch(request) })
  return { port: server.port, close: () => server.stop() }
})
