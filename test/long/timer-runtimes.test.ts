import { describe, test } from 'vitest'
import { loseWorkAndRestart, WITHIN } from '../runtime/conformance/lose-work.ts'
import type { Started } from '../runtime/conformance/stage.ts'
import { describeOnRedis } from '../services/redis-suite.ts'
import { startUpstash } from '../services/upstash.ts'

describeOnRedis('timers over a restart, where the gate has no time for them', (redis) => {
  const proves = (name: string, started: () => Started | Promise<Started>, close = async () => {}) => {
    test(`P18 a lost command is sent again, another one’s event fires: ${name}`, { timeout: 2 * WITHIN }, async () => {
      await loseWorkAndRestart(await started()).finally(close)
    })
  }

  describe.concurrent('of the worker', () => {
    const stored = (script: 'start:deno' | 'start:bun', type: string) => (): Started => ({
      script,
      persistency: () => ({ type, configurations: {} }),
    })
    proves('Deno, Deno KV', stored('start:deno', 'deno-kv'))
    proves('Deno, SQLite', stored('start:deno', 'sqlite'))
    proves('Bun, SQLite', stored('start:bun', 'sqlite'))

    let close = async () => {}
    const upstash = async (): Promise<Started> => {
      const server = await startUpstash(redis().port)
      const { url, token } = server
      close = () => server.close()
      return { script: 'start', persistency: () => ({ type: 'upstash-redis', configurations: { url, token } }) }
    }
    proves('Node, Upstash', upstash, () => close())
  })
})
