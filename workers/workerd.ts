import { reasonOf } from '../src/errors.ts'
import { composeApp } from '../src/service.ts'
import { boundService } from './edge/bound-service.ts'
import type { Bindings } from './edge/bound-service.ts'
import { edgeCorridor } from './edge/edge-corridor.ts'
import { sweepOnce, sweepOnRequests } from './edge/isolate-corridor.ts'
import { localWorkerd } from './edge/local-workerd.ts'
import { edgeReadiness } from './edge/edge-readiness.ts'
import { refusingApp } from './edge/refusing-app.ts'

export { Sagas } from './edge/sagas.ts'

interface EdgeApp {
  readonly fetch: (request: Request, env: Bindings, context: ExecutionContext) => Response | Promise<Response>
  /** Told of every request, where there is a store to look at. */
  readonly ride?: (() => void) | undefined
}

const doors = new WeakMap<Bindings, Promise<EdgeApp>>()

/** The door on the edge: it parses, makes ids and routes; the rest is done in the saga's object, where any are bound (P19). */
export default {
  async fetch(request: Request, env: Bindings, context: ExecutionContext): Promise<Response> {
    const opening = doors.get(env) ?? open(env)
    doors.set(env, opening)
    const door = await opening
    door.ride?.()
    return door.fetch(request, env, context)
  },

  /**
   * Takes up what is due in a store that is somewhere else, also what workers elsewhere have left. Objects that keep their
   * own sagas have their alarms, and nobody could ask all of them.
   */
  async scheduled(_: ScheduledController, env: Bindings): Promise<void> {
    const here = await boundService(env)
    if (here.openStore !== undefined) await sweepOnce(here, here.openStore)
  },
}

async function open(env: Bindings): Promise<EdgeApp> {
  try {
    const here = await boundService(env)
    const { openStore, store } = here
    const local = localWorkerd(env, here.runtime)
    const ready = edgeReadiness(here, local)
    const ride = openStore && sweepOnRequests(here, openStore)
    return { fetch: composeApp(here, { corridor: edgeCorridor(here, local), store, ready }).fetch, ride }
  } catch (thrown) {
    console.error(`batuta cannot serve: ${reasonOf(thrown)}`) // nobody could set a log level yet
    return refusingApp()
  }
}
