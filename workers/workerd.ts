import { reasonOf } from '../src/errors.ts'
import { openDoor } from '../src/service.ts'
import { bound } from './edge/bound-service.ts'
import type { Bindings } from './edge/bound-service.ts'
import { edgeCorridor } from './edge/edge-corridor.ts'
import { look, rides } from './edge/isolate-corridor.ts'
import { lentHere } from './edge/local-workerd.ts'
import { edgeReadiness } from './edge/edge-readiness.ts'
import { refuse } from './edge/refusing-app.ts'

export { Sagas } from './edge/sagas.ts'

interface Door {
  readonly fetch: (request: Request, env: Bindings, context: ExecutionContext) => Response | Promise<Response>
  /** Told of every request, where there is a store to look at. */
  readonly ride?: (() => void) | undefined
}

const doors = new WeakMap<Bindings, Promise<Door>>()

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
    const here = await bound(env)
    if (here.openStore !== undefined) await look(here, here.openStore)
  },
}

async function open(env: Bindings): Promise<Door> {
  try {
    const here = await bound(env)
    const { openStore, store } = here
    const local = lentHere(env, here.runtime)
    const ready = edgeReadiness(here, local)
    const ride = openStore && rides(here, openStore)
    return { fetch: openDoor(here, edgeCorridor(here, local), store, { ready }).fetch, ride }
  } catch (thrown) {
    console.error(`batuta cannot serve: ${reasonOf(thrown)}`) // nobody could set a log level yet
    return refuse()
  }
}
