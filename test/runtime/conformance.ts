import { describe } from 'vitest'
import { bodies } from './conformance/bodies.ts'
import { clients } from './conformance/clients.ts'
import { commands } from './conformance/commands.ts'
import { endings } from './conformance/endings.ts'
import { everyKeyAtOnce } from './conformance/every-key.ts'
import { hooks } from './conformance/hooks.ts'
import { payloads } from './conformance/payloads.ts'
import { RETURNS } from './conformance/returns.ts'
import { sagas } from './conformance/sagas.ts'
import { logs, settings } from './conformance/settings.ts'
import { starts } from './conformance/starts.ts'
import type { TestedRuntime } from './conformance/tested.ts'
import { waits } from './conformance/waits.ts'
import { watches } from './conformance/watches.ts'
import { wire } from './conformance/wire.ts'

/** Lanes that run beside each other: each part has workers and folders of its own, and waits more than it works. */
const LANES = [
  [sagas, commands, bodies, settings, everyKeyAtOnce, hooks, logs, payloads],
  [wire, clients, waits, watches],
  [starts, ...Object.values(RETURNS), endings],
] as const

/** The behaviour that all runtimes share, tested from outside: the worker as npm starts it, over HTTP, with a real participant. */
export function conformance(runtime: TestedRuntime): void {
  for (const lane of LANES) {
    describe.concurrent(`the worker on ${runtime.name}`, () => {
      describe('one part after the other', { concurrent: false }, () => {
        for (const part of lane) part(runtime)
      })
    })
  }
}
