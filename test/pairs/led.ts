import { afterAll, beforeAll, describe } from 'vitest'
import { commands } from '../runtime/conformance/commands.ts'
import { returns } from '../runtime/conformance/endings.ts'
import { sagas } from '../runtime/conformance/sagas.ts'
import type { TestedRuntime } from '../runtime/conformance/tested.ts'
import type { Server } from './servers.ts'

/** A runtime whose sagas live in a store somewhere else. */
export type Pair = Omit<TestedRuntime, 'persistency' | 'stores'>

/** Who comes back waits until leases end, which is a matter of the channel's time-out (P12). */
export const SHARED = { lists: true, lease: 'PT1S', recoversWithin: 25_000 } as const
export const WORKERD = { ...SHARED, script: 'start:workerd', endsInTime: false } as const

const PARTS = { sagas, commands, returns }

/** Runs parts of the runtimes' own suite over a server like this one. */
export function led(pair: Pair, open: () => Promise<Server>, parts: readonly (keyof typeof PARTS)[]): void {
  describe(`the worker on ${pair.name}`, () => {
    let server: Server
    beforeAll(async () => void (server = await open()))
    afterAll(() => server?.close())
    for (const part of parts) PARTS[part]({ ...pair, stores: 'anything', persistency: () => server.persistency })
  })
}
