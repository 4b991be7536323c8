import { denoPlace } from '../adapters/runtime/deno.ts'
import type { Host } from '../src/service.ts'
import { makeFolder, makeFolderOf } from './folder.ts'
import { processHost, STORE_PATH } from './host.ts'
import { serve } from './serve.ts'

const { runtime, embedded, kvFile, rouse } = denoPlace()
const host = processHost(runtime)
const persistencies: Host['persistencies'] = {
  ...host.persistencies,
  'deno-kv': async ({ path }, { dataPath }) => {
    const { openDenoKv } = await import('../adapters/persistency/deno-kv.ts')
    const file = kvFile(dataPath)
    if (path !== undefined && !isAddress(path)) await makeFolderOf(path, STORE_PATH)
    if (path === undefined && file !== undefined) await makeFolder(dataPath, 'DATA_PATH')
    return openDenoKv({ path: path ?? file })
  },
}

await serve({ ...host, persistencies, embedded: { type: embedded, configurations: {} }, rouse }, (app, port) => {
  const server = Deno.serve({ port, onListen: () => undefined }, (request) => app.fetch(request))
  return { port: server.addr.port, close: () => server.shutdown() }
})

/** Deno KV may be somewhere else, too. */
function isAddress(path: string): boolean {
  return /^https?:/.test(path)
}
