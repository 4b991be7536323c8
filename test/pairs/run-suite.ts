import { afterAll, beforeAll, describe } from 'vitest'
import { bodies } from '../runtime/conformance/bodies.ts'
import { commands } from '../runtime/conformance/commands.ts'
import { doors } from '../runtime/conformance/doors.ts'
import { endings, returns } from '../runtime/conformance/endings.ts'
import { sagas } from '../runtime/conformance/sagas.ts'
import type { TestedRuntime } from '../runtime/conformance/tested.ts'
import type { StoreServer } from './servers.ts'

/** A runtime whose sagas live in a store somewhere else. */
export type RuntimeOnSharedStore = Omit<TestedRuntime, 'persistency' | 'stores'>

/** Who comes back waits until leases end, which is a matter of the channel's time-out (P12). */
export const SHARED = { lists: true, lease: 'PT1S', recoversWithin: 25_000 } as const
export const WORKERD = { ...SHARED, script: 'start:workerd', endsInTime: false } as const

/** Not `starts`, which are over before any store is opened. */
const PARTS = { sagas, commands, bodies, doors, returns, endings }

type Part = keyof typeof PARTS

/**
 * Runs parts of the runtimes' own suite over servers like this one. Those who come back wait for leases more than they work,
 * so they do it beside the others, on a server of their own: workers that share one would send each other's commands.
 */
export function runSuite(pair: RuntimeOnSharedStore, open: () => Promise<StoreServer>, parts: readonly Part[]): void {
  const lanes = [parts.filter((part) => part !== 'returns'), parts.filter((part) => part === 'returns')]
  for (const lane of lanes.filter(({ length }) => length > 0)) {
    describe.concurrent(`the worker on ${pair.name}`, () => {
      describe('on a store of its own', { concurrent: false }, () => {
        let server: StoreServer
        beforeAll(async () => void (server = await open()))
        afterAll(() => server?.close())
        for (const part of lane) PARTS[part]({ ...pair, stores: 'anything', persistency: () => server.persistency })
      })
    })
  }
}
