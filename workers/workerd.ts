import { consolePage } from '../src/console/console.ts'
import { documentation } from '../src/documentation/documentation.ts'
import { edgeWorker } from './edge/edge-worker.ts'
import type { Bindings } from './edge/bound-service.ts'
import type { EdgeWorker } from './edge/edge-worker.ts'
import { Sagas as EdgeSagas } from './edge/sagas.ts'
import { UPSTASH_REDIS } from './edge/upstash-redis.ts'

/** The Durable Object of one saga, with every store of the edge. */
export class Sagas extends EdgeSagas {
  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env, UPSTASH_REDIS)
  }
}

/** The Worker: parses requests, makes ids, and calls the saga's object, or the corridor in the isolate without objects (P19). */
const worker: EdgeWorker = edgeWorker({ ...UPSTASH_REDIS, documentation, console: consolePage })
export default worker
