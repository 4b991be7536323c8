import { denoMetrics } from '../adapters/process-metrics.ts'
import { denoPlace } from '../adapters/runtime/deno.ts'
import type { Host } from '../src/service.ts'
import { makeFolder, makeFolderOf } from './make-folder.ts'
import { loadWith } from './peers.ts'
import { processHost, STORE_PATH } from './process-host.ts'
import { serve } from './serve.ts'
import type { Listen } from './serve.ts'

/**
 * On Deno Deploy, whose platform ends idle connections. Elsewhere the worker listens on `node:http`: `Deno.serve` answers 400 to
 * a POST that offers h2c, as Java's `HttpClient` does, and has no time-outs.
 */
const listenOnDeploy: Listen = (app, { host, port }) => {
  const server = Deno.serve({ hostname: host ?? '0.0.0.0', port, onListen: () => undefined }, (request) =>
    app.fetch(request),
  )
  return { host: server.addr.hostname, port: server.addr.port, close: () => server.shutdown() }
}

const { runtime, embedded, kvFile, rouse } = denoPlace()
const host = processHost(runtime, denoMetrics)
const persistencies: Host['persistencies'] = {
  ...host.persistencies,
  'deno-kv': async ({ path }, { dataPath, passOver }) => {
    const { openDenoKv } = await import('../adapters/persistency/deno-kv.ts')
    const file = kvFile(dataPath)
    if (path !== undefined && !isAddress(path)) await makeFolderOf(path, STORE_PATH, 'deno-kv')
    if (path === undefined && file !== undefined) await makeFolder(dataPath, 'DATA_PATH', 'deno-kv')
    return openDenoKv({ path: path ?? file, passOver })
  },
}

await serve(async () => ({
  host: { ...host, persistencies, embedded: { type: embedded, configurations: {} }, rouse },
  listen: rouse === undefined ? await loadListener() : listenOnDeploy,
}))

async function loadListener(): Promise<Listen> {
  const load = () => import('./node-listener.ts')
  return (await loadWith('start the Deno worker', ['@hono/node-server'], load)).listenOnNode
}

/** True if a path is the URL of a remote Deno KV. */
function isAddress(path: string): boolean {
  return /^https?:/.test(path)
}
