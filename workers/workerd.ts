import { messageOf } from '../src/errors.ts'
import type { Corridor } from '../src/orchestrator/corridor.ts'
import type { Health } from '../src/ports/health.ts'
import { openDoor } from '../src/service.ts'
import { bound } from './edge/bindings.ts'
import type { Bindings, Bound } from './edge/bindings.ts'
import { isolateCorridor, look, rides } from './edge/isolate.ts'
import { objectsCorridor } from './edge/objects.ts'
import type { RemoteSaga } from './edge/objects.ts'
import { storeReads } from './edge/reads.ts'
import { refuse } from './edge/refuse.ts'

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
    const ready = async (): Promise<Health> => (openStore ? (await openStore()).probe() : { ok: true })
    const ride = openStore && rides(here, openStore)
    return { fetch: openDoor(here, corridorOf(here), store, { ready }).fetch, ride }
  } catch (thrown) {
    console.error(`batuta cannot serve: ${messageOf(thrown)}`) // nobody could set a log level yet
    return refuse()
  }
}

function corridorOf(here: Bound): Corridor {
  const { sagas, openStore, runtime, troubles } = here
  if (sagas !== undefined) {
    const objects = objectsCorridor((id) => sagas.getByName(id) as unknown as RemoteSaga, runtime, troubles)
    return openStore === undefined ? objects : { ...objects, ...storeReads(openStore) }
  }
  if (openStore !== undefined) return isolateCorridor(here, openStore)
  throw new Error('there are neither objects nor a store') // `bound` has refused such a configuration
}
