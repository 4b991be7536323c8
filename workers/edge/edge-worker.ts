import { reasonOf } from '../../src/errors.ts'
import { composeApp } from '../../src/service.ts'
import { boundService } from './bound-service.ts'
import type { Bindings } from './bound-service.ts'
import type { EdgeAdditions } from './prepare-edge.ts'
import { edgeCorridor } from './edge-corridor.ts'
import { sweepOnce, sweepOnRequests } from './isolate-corridor.ts'
import { localWorkerd } from './local-workerd.ts'
import { edgeReadiness } from './edge-readiness.ts'
import { refusingApp } from './refusing-app.ts'

interface EdgeApp {
  readonly fetch: (request: Request, env: Bindings, context: ExecutionContext) => Response | Promise<Response>
  /** Told of every request, where there is a store to look at. */
  readonly ride?: (() => void) | undefined
}

/** The handlers of a Worker. */
export interface EdgeWorker {
  fetch(request: Request, env: Bindings, context: ExecutionContext): Promise<Response>
  /** Sends what is due in a shared store, also what other workers have left. Objects that keep their own sagas have alarms. */
  scheduled(controller: ScheduledController, env: Bindings): Promise<void>
}

/**
 * The Worker on the edge: it parses, makes ids and routes; the rest is done in the saga's object, where objects are bound
 * (P19). With channels or stores of one's own, the class of the objects needs the same ones: see `Sagas`.
 */
export function edgeWorker(additions: EdgeAdditions = {}): EdgeWorker {
  const apps = new WeakMap<Bindings, Promise<EdgeApp>>()
  return {
    async fetch(request, env, context) {
      const opening = apps.get(env) ?? open(env, additions)
      apps.set(env, opening)
      const app = await opening
      app.ride?.()
      return app.fetch(request, env, context)
    },
    async scheduled(_, env) {
      const here = await boundService(env, additions)
      if (here.openStore !== undefined) await sweepOnce(here, here.openStore)
    },
  }
}

async function open(env: Bindings, additions: EdgeAdditions): Promise<EdgeApp> {
  try {
    const here = await boundService(env, additions)
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
