import { reasonOf } from '../../src/errors.ts'
import { composeApp } from '../../src/service.ts'
import { boundService } from './bound-service.ts'
import type { Bindings } from './bound-service.ts'
import type { EdgeAdditions } from './prepare-edge.ts'
import { EdgeControl } from './edge-control.ts'
import { edgeCorridor } from './edge-corridor.ts'
import { sweepOnce, sweepOnRequests } from './isolate-corridor.ts'
import { localWorkerd } from './local-workerd.ts'
import { edgeReadiness } from './edge-readiness.ts'
import { refusingApp } from './refusing-app.ts'

interface EdgeApp {
  readonly fetch: (request: Request, env: Bindings, context: ExecutionContext) => Response | Promise<Response>
  /** Called with every request: sweeps now and then. Absent without a shared store. */
  readonly sweep?: (() => void) | undefined
  /** Carries open operations on, for the cron trigger. Absent without a shared store. */
  readonly look?: (() => Promise<void>) | undefined
}

/** The handlers of a Worker. */
export interface EdgeWorker {
  fetch(request: Request, env: Bindings, context: ExecutionContext): Promise<Response>
  /**
   * The cron trigger: sweeps a shared store, for commands of other workers too. Objects with storage of their own have alarms, and
   * cannot be listed.
   */
  scheduled(controller: ScheduledController, env: Bindings): Promise<void>
}

/**
 * A Worker: parses requests, makes ids, and calls the saga's object, or the corridor in the isolate without objects (P19). With
 * `additions`, the class of the objects needs the same ones: see `Sagas`.
 */
export function edgeWorker(additions: EdgeAdditions = {}): EdgeWorker {
  const apps = new WeakMap<Bindings, Promise<EdgeApp>>()
  const serve = async (...[request, env, context]: Parameters<EdgeWorker['fetch']>): Promise<Response> => {
    const opening = apps.get(env) ?? open(env, additions)
    apps.set(env, opening)
    const app = await opening
    app.sweep?.()
    return app.fetch(request, env, context)
  }
  return {
    fetch(request, env, context) {
      const answer = serve(request, env, context)
      // Where a client goes away, workerd would drop its request at any `await`, and run no `finally` (decision 0064).
      context.waitUntil(answer.then(nothing, nothing))
      return answer
    },
    async scheduled(_, env) {
      const service = await boundService(env, additions)
      if (service.openStore === undefined) return
      const opening = apps.get(env) ?? open(env, additions)
      apps.set(env, opening)
      const { look } = await opening
      await Promise.all([sweepOnce(service, service.openStore), look?.()])
    },
  }
}

const nothing = (): void => undefined

async function open(env: Bindings, additions: EdgeAdditions): Promise<EdgeApp> {
  try {
    const service = await boundService(env, additions)
    const { openStore, store } = service
    const local = localWorkerd(env, service.runtime)
    const ready = edgeReadiness(service, local)
    const corridor = edgeCorridor(service, local)
    const control = await EdgeControl.open(service, corridor)
    const { bulk, channels } = control.routes
    const { fetch } = composeApp(service, { corridor, store, ready, bulk, channels })
    if (openStore === undefined) return { fetch }
    const sweep = sweepOnRequests(service, openStore)
    return {
      fetch,
      sweep: () => {
        sweep()
        control.lookOnRequests()
      },
      look: () => control.look(),
    }
  } catch (thrown) {
    console.error(`batuta cannot serve: ${reasonOf(thrown)}`) // there is no log level yet
    return refusingApp()
  }
}
