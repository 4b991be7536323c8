/** The public API of the edge: a Worker with channels, stores or hooks of one's own, and the class of its Durable Objects. */
export { edgeWorker } from './edge-worker.ts'
export type { EdgeWorker } from './edge-worker.ts'
export type { Bindings } from './bound-service.ts'
export type { EdgeAdditions } from './prepare-edge.ts'
export { compiledHooks } from './compiled-hooks.ts'
export { Sagas } from './sagas.ts'
