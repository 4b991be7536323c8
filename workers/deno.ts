import { denoRuntime } from '../adapters/runtime/deno.ts'
import { processHost } from './host.ts'
import { serve } from './serve.ts'

await serve(processHost(denoRuntime), (app, port) => {
  const server = Deno.serve({ port, onListen: () => undefined }, (request) => app.fetch(request))
  return { port: server.addr.port, close: () => server.shutdown() }
})
