import { afterAll, beforeAll, describe } from 'vitest'
import { bodies } from '../runtime/conformance/bodies.ts'
import { commands } from '../runtime/conformance/commands.ts'
import { doors } from '../runtime/conformance/doors.ts'
import { endings, returns } from '../runtime/conformance/endings.ts'
import { sagas } from '../runtime/conformance/sagas.ts'
import type { TestedRuntime } from '../runtime/conformance/tested.ts'
import type { Server } from './servers.ts'

/** A runtime whose sagas live in a store somewhere else. */
export type Pair = Omit<TestedRuntime, 'persistency' | 'stores'>

/** Who comes back waits until leases end, which is a matter of the channel's time-out (P12). */
export const SHARED = { lists: true, lease: 'PT1S', recoversWithin: 25_000 } as const
export const WORKERD = { ...SHARED, script: 'start:workerd', endsInTime: false } as const

/** Not `starts`, which are over before any store is opened. */
const PARTS = { sagas, commands, bodies, doors, returns, endings }

/**
 * Runs parts of the runtimes' own suite over servers like this one. They wait more than they work, so they run side by side,
 * each with a server of its own: workers that share one would send each other's commands.
 */
export function led(pair: Pair, open: () => Promise<Server>, parts: readonly (keyof typeof PARTS)[]): void {
  for (const part of parts) {
    describe.concurrent(`the worker on ${pair.name}`, () => {
      describe('on a store of its own', { concurrent: false }, () => {
        let server: Server
        beforeAll(async () => void (server = await open()))
        afterAll(() => server?.close())
        PARTS[part]({ ...pair, stores: 'anything', persistency: () => server.persistency })
      })
    })
  }
}
