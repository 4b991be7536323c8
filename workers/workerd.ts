import { edgeWorker } from './edge/edge-worker.ts'
import type { EdgeWorker } from './edge/edge-worker.ts'

export { Sagas } from './edge/sagas.ts'

/** The Worker: parses requests, makes ids, and calls the saga's object, or the corridor in the isolate without objects (P19). */
const worker: EdgeWorker = edgeWorker()
export default worker
