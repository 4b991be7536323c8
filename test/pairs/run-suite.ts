import { afterAll, beforeAll, describe } from 'vitest'
import { bodies } from '../runtime/conformance/bodies.ts'
import { commands } from '../runtime/conformance/commands.ts'
import { settings } from '../runtime/conformance/settings.ts'
import { endings } from '../runtime/conformance/endings.ts'
import { RETURNS } from '../runtime/conformance/returns.ts'
import { sagas } from '../runtime/conformance/sagas.ts'
import type { TestedRuntime } from '../runtime/conformance/tested.ts'
import type { StoreServer } from './servers.ts'

/** A runtime over a shared store. */
export type RuntimeOnSharedStore = Omit<TestedRuntime, 'persistency' | 'stores'>

/** A restarted worker waits for leases to end, which depends on the channel's time-out (P12). */
export const SHARED = { lists: true, lease: 'PT1S', recoversWithin: 25_000 } as const
export const WORKERD = { ...SHARED, script: 'start:workerd', endsInTime: false, lacks: ['latin-1-headers'] } as const

/** All parts but `starts`, which end before a store is opened. */
const PARTS = { sagas, commands, bodies, settings, endings }

type Part = keyof typeof PARTS | 'returns'

/**
 * Runs parts of the conformance suite over a shared store. Restarts mostly wait for leases, so each runs concurrently with the
 * other parts, on a server of its own: workers on one server would send each other's commands.
 */
export function runSuite(pair: RuntimeOnSharedStore, open: () => Promise<StoreServer>, parts: readonly Part[]): void {
  const together = parts.filter((part) => part !== 'returns').map((part) => PARTS[part])
  const apart = parts.includes('returns') ? Object.values(RETURNS).map((part) => [part]) : []
  for (const lane of [together, ...apart]) {
    describe.concurrent(`the worker on ${pair.name}`, () => {
      describe('on a store of its own', { concurrent: false }, () => {
        let server: StoreServer
        beforeAll(async () => void (server = await open()))
        afterAll(() => server?.close())
        for (const part of lane) part({ ...pair, stores: 'anything', persistency: () => server.persistency })
      })
    })
  }
}
