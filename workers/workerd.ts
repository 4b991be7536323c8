import { edgeWorker } from './edge/edge-worker.ts'
import type { EdgeWorker } from './edge/edge-worker.ts'

export { Sagas } from './edge/sagas.ts'

/** The Worker of this repository, without additions. */
const worker: EdgeWorker = edgeWorker()
export default worker
