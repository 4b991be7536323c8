import { bunRuntime } from '../adapters/runtime/bun.ts'
import { processHost } from './process-host.ts'
import { serve } from './serve.ts'
import type { Listen } from './serve.ts'

/** No limit of Bun's own: it would cut the connection. `BODY_LIMIT` answers 413 instead. */
const maxRequestBodySize = Number.MAX_SAFE_INTEGER

const listenOnBun: Listen = (app, { host, port, keepAlive }) => {
  const fetch = (request: Request) => app.fetch(request)
  const options = { port, maxRequestBodySize, idleTimeout: idleTimeout(keepAlive), fetch }
  const server = host === undefined ? everywhere(options) : Bun.serve({ ...options, hostname: host })
  return { host: server.hostname, port: server.port, close: () => server.stop() }
}

await serve(() => ({ host: processHost(bunRuntime), listen: listenOnBun }))

/** Listens on all interfaces; on IPv4 alone where the machine has no IPv6. */
function everywhere(options: Omit<BunOptions, 'hostname'>): BunServer {
  try {
    return Bun.serve({ ...options, hostname: '::' })
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === 'EADDRINUSE') throw thrown
    return Bun.serve({ ...options, hostname: '0.0.0.0' })
  }
}

/** In seconds, from 30 to 255, Bun's maximum: the same limit ends a request that waits for its answer. 0: no limit. */
function idleTimeout(keepAlive: number): number {
  return keepAlive === 0 ? 0 : Math.min(255, Math.max(30, Math.ceil(keepAlive / 1_000)))
}
