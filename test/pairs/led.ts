import { afterAll, beforeAll, describe } from 'vitest'
import { commands } from '../runtime/conformance/commands.ts'
import { returns } from '../runtime/conformance/endings.ts'
import { sagas } from '../runtime/conformance/sagas.ts'
import type { Persistency, TestedRuntime } from '../runtime/conformance/tested.ts'

/** A store's server of one suite. */
export interface Server {
  readonly persistency: Persistency
  close(): Promise<void>
}

/** A runtime whose sagas live in a store somewhere else. */
export type Pair = Omit<TestedRuntime, 'persistency' | 'stores'>

const SHARED = { lists: true, lease: 'PT1S', recoversWithin: 25_000 } as const
const WORKERD = { ...SHARED, script: 'start:workerd', endsInTime: false } as const

export const OBJECTS: Pair = { ...WORKERD, name: 'workerd with objects' }
export const ISOLATES: Pair = {
  ...WORKERD,
  name: 'workerd without objects',
  args: ['--no-objects'],
  needsRequests: true,
}
export const DENO: Pair = { ...SHARED, name: 'deno', script: 'start:deno', endsInTime: true }

const PARTS = { sagas, commands, returns }

/** Runs parts of the runtimes' own suite over a store like this one; `P19` is what they are about on workerd. */
export function led(pair: Pair, open: () => Promise<Server>, parts: readonly (keyof typeof PARTS)[]): void {
  describe(`the worker on ${pair.name}`, () => {
    let server: Server
    beforeAll(async () => void (server = await open()))
    afterAll(() => server?.close())
    for (const part of parts) PARTS[part]({ ...pair, stores: 'anything', persistency: () => server.persistency })
  })
}
