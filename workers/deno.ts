import { denoPlace } from '../adapters/runtime/deno.ts'
import type { Host } from '../src/service.ts'
import { processHost } from './host.ts'
import { serve } from './serve.ts'

const { runtime, embedded, kvFile, rouse } = denoPlace()
const host = processHost(runtime)
const persistencies: Host['persistencies'] = {
  ...host.persistencies,
  'deno-kv': async ({ path }, { dataPath, passOver }) => {
    const { openDenoKv } = await import('../adapters/persistency/deno-kv.ts')
    return openDenoKv({ path: path ?? kvFile(dataPath), passOver })
  },
}

await serve({ ...host, persistencies, embedded: { type: embedded, configurations: {} }, rouse }, (app, port) => {
  const server = Deno.serve({ port, onListen: () => undefined }, (request) => app.fetch(request))
  return { port: server.addr.port, close: () => server.shutdown() }
})
