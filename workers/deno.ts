import { denoRuntime } from '../adapters/runtime/deno.ts'
import type { Host } from '../src/service.ts'
import { processHost } from './host.ts'
import { serve } from './serve.ts'

const host = processHost(denoRuntime)
const persistencies: Host['persistencies'] = {
  ...host.persistencies,
  'deno-kv': async ({ path }, { dataPath }) => {
    const { openDenoKv } = await import('../adapters/persistency/deno-kv.ts')
    return openDenoKv({ path: path ?? `${dataPath}/batuta.kv` })
  },
}

await serve({ ...host, persistencies }, (app, port) => {
  const server = Deno.serve({ port, onListen: () => undefined }, (request) => app.fetch(request))
  return { port: server.addr.port, close: () => server.shutdown() }
})
