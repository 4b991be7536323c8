import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { persistencyManager } from '../../examples/persistency-manager/app.ts'
import { Store } from '../../examples/persistency-manager/store.ts'

/** The example's persistency server, on a file of its own. */
export interface RestManager {
  /** What a saga.json says of it. */
  readonly configurations: object
  close(): Promise<void>
}

export async function restManager(): Promise<RestManager> {
  const folder = mkdtempSync(join(tmpdir(), 'batuta-manager-'))
  const store = new Store(join(folder, 'sagas.db'))
  const server = serve({ fetch: persistencyManager(store).fetch, port: 0, hostname: '127.0.0.1' }) as Server
  if (!server.listening) await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    configurations: { protocol: 'http', endpoint: '127.0.0.1', port, method: 'PUT', path: '/sagas' },
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
