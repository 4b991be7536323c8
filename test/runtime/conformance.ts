import { describe } from 'vitest'
import { bodies } from './conformance/bodies.ts'
import { clients } from './conformance/clients.ts'
import { commands } from './conformance/commands.ts'
import { everyKeyAtOnce } from './conformance/every-key.ts'
import { hooks } from './conformance/hooks.ts'
import { payloads } from './conformance/payloads.ts'
import { logs, settings } from './conformance/settings.ts'
import { endings, returns } from './conformance/endings.ts'
import { sagas } from './conformance/sagas.ts'
import { starts } from './conformance/starts.ts'
import { wire } from './conformance/wire.ts'
import type { TestedRuntime } from './conformance/tested.ts'

/** The behaviour that all runtimes share, tested from outside: the worker as npm starts it, over HTTP, with a real participant. */
export function conformance(runtime: TestedRuntime): void {
  describe(`the worker on ${runtime.name}`, () => {
    sagas(runtime)
    commands(runtime)
    bodies(runtime)
    clients(runtime)
    settings(runtime)
    everyKeyAtOnce(runtime)
    hooks(runtime)
    logs(runtime)
    payloads(runtime)
    wire(runtime)
    starts(runtime)
    returns(runtime)
    endings(runtime)
  })
}
