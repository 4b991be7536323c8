import { describe } from 'vitest'
import { bodies } from './conformance/bodies.ts'
import { clients } from './conformance/clients.ts'
import { commands } from './conformance/commands.ts'
import { doors } from './conformance/doors.ts'
import { endings, returns } from './conformance/endings.ts'
import { sagas } from './conformance/sagas.ts'
import { starts } from './conformance/starts.ts'
import { wire } from './conformance/wire.ts'
import type { TestedRuntime } from './conformance/tested.ts'

/** What every runtime must do alike, seen from outside: the worker as npm starts it, a real participant, HTTP between. */
export function conformance(runtime: TestedRuntime): void {
  describe(`the worker on ${runtime.name}`, () => {
    sagas(runtime)
    commands(runtime)
    bodies(runtime)
    clients(runtime)
    doors(runtime)
    wire(runtime)
    starts(runtime)
    returns(runtime)
    endings(runtime)
  })
}
