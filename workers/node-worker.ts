import { loadWith } from './peers.ts'
import { processHost } from './process-host.ts'
import type { Worker } from './serve.ts'

/** A worker on Node: HTTP alone. `name` begins the message where an optional peer is not installed. */
export async function nodeWorker(name: string): Promise<Worker> {
  const { nodeRuntime } = await loadWith(
    `start ${name}`,
    ['pino', 'undici'],
    () => import('../adapters/runtime/node.ts'),
  )
  const { listenOnNode } = await loadWith(`start ${name}`, ['@hono/node-server'], () => import('./node-listener.ts'))
  return { host: processHost(nodeRuntime), listen: listenOnNode }
}
