import { edgeWorker } from 'batuta/workers/edge'
import { mapStore } from './map-store.ts'

/** Each request has an orchestrator of its own, and all of them share the store of the isolate. */
const store = mapStore(true)

/** The binding CONFIGURATION holds the text of a saga.json with `"persistencyManagement": { "type": "map" }`. */
export default edgeWorker({ persistencies: { map: () => store } })
