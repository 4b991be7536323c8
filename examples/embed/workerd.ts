import { edgeWorker } from 'batuta/workers/edge'
import { mapStore } from './map-store.ts'

/** Each request has an orchestrator of its own: all of them share the store of the isolate. */
const store = mapStore(true)

/** The binding CONFIGURATION has the text of saga.json. */
export default edgeWorker({ persistencies: { map: () => store } })
