import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { faultContract } from '../../../testing/contract/faults.ts'
import type { Reached } from '../../../testing/contract/faults/link.ts'
import { STORES } from '../../../testing/stores.ts'
import { denoBridge } from '../deno-kv-bridge.ts'
import type { Bridge } from '../deno-kv-bridge.ts'
import { replaceable } from '../replaceable.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-deno-kv-faults-'))
let bridge = denoBridge()
const neighbour = denoBridge()
afterAll(async () => {
  await Promise.all([bridge.kill(), neighbour.kill()])
  rmSync(folder, { recursive: true })
})

let made = 0

faultContract('deno-kv', {
  open: async (): Promise<Reached> => {
    const path = join(folder, `${++made}.kv`)
    const reached = await bridge.reach(path)
    const { store, put } = replaceable(reached.store)
    const restart = async () => {
      const dying: Bridge = bridge
      bridge = denoBridge()
      const [next] = await Promise.all([bridge.reach(path), dying.kill()])
      put(next.store)
    }
    return {
      store,
      line: { ...reached.line, restart },
      another: () => neighbour.open(path),
      close: async () => undefined,
    }
  },
  // Its time-out is that of every outward answer and cannot be set.
  patience: 11_000,
  gaps: STORES['deno-kv'].gaps,
})
