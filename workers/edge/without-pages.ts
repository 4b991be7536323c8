import type { Bindings } from './bound-service.ts'
import { edgeWorker } from './edge-worker.ts'
import type { EdgeWorker } from './edge-worker.ts'
import { Sagas as EdgeSagas } from './sagas.ts'
import { UPSTASH_REDIS } from './upstash-redis.ts'

/** The Durable Object of one saga, as in `workers/workerd.ts`. */
export class Sagas extends EdgeSagas {
  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env, UPSTASH_REDIS)
  }
}

/** The Worker of `workers/workerd.ts` without the pages `/console` and `/documentation`: `wrangler deploy workers/edge/without-pages.ts`. */
const smallWorker: EdgeWorker = edgeWorker(UPSTASH_REDIS)
export default smallWorker
