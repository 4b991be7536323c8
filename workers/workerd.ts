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
  /** Called with every request: sweeps now and then. Absent without a shared store. */
  readonly sweep?: (() => void) | undefined
}

const apps = new WeakMap<Bindings, Promise<EdgeApp>>()

/** The Worker: parses requests, makes ids, and calls the saga's object, or the corridor in the isolate without objects (P19). */
export default {
  async fetch(request: Request, env: Bindings, context: ExecutionContext): Promise<Response> {
    const opening = apps.get(env) ?? open(env)
    apps.set(env, opening)
    const app = await opening
    app.sweep?.()
    return app.fetch(request, env, context)
  },

  /**
   * The cron trigger: sweeps a shared store, for commands of other workers too. Objects with storage of their own have alarms, and
   * cannot be listed.
   */
  async scheduled(_: ScheduledController, env: Bindings): Promise<void> {
    const service = await boundService(env)
    if (service.openStore !== undefined) await sweepOnce(service, service.openStore)
  },
}

async function open(env: Bindings): Promise<EdgeApp> {
  try {
    const service = await boundService(env)
    const { openStore, store } = service
    const local = localWorkerd(env, service.runtime)
    const ready = edgeReadiness(service, local)
    const sweep = openStore && sweepOnRequests(service, openStore)
    return { fetch: composeApp(service, { corridor: edgeCorridor(service, local), store, ready }).fetch, sweep }
  } catch (thrown) {
    console.error(`batuta cannot serve: ${reasonOf(thrown)}`) // there is no log level yet
    return refusingApp()
  }
}
