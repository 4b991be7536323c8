import { fits } from '../../src/codec/utf8-size.ts'
import { messageOf } from '../../src/errors.ts'
import type { Corridor } from '../../src/orchestrator/corridor.ts'
import type { Metrics } from '../../src/ports/metrics.ts'
import type { Runtime } from '../../src/ports/runtime.ts'

export interface ExistenceCheckOptions {
  readonly runtime: Pick<Runtime, 'log'>
  readonly metrics: Metrics
  /** Whether a saga of this id may exist. Never wrong where it says no. */
  readonly mayExist: (id: string) => Promise<boolean>
  /** Bytes of metadata that the store takes. */
  readonly limit: number | false
}

/**
 * Wakes objects for sagas alone. An object has a file of its own from its first call on, so an id that names nothing, and a
 * creation that is too large, are answered before (C4.4, P24).
 */
export function withExistenceCheck(
  objects: Corridor,
  { runtime, metrics, mayExist, limit }: ExistenceCheckOptions,
): Corridor {
  return {
    ...objects,
    async create(order) {
      if (limit === false || fits(JSON.stringify(order.metadata), limit)) return objects.create(order)
      metrics.creation('too-large')
      return { kind: 'too-large', limit }
    },
    async handle(event) {
      const { sagaId } = event
      try {
        if (await mayExist(sagaId)) return await objects.handle(event)
      } catch (thrown) {
        runtime.log.write('object.search-failed', { saga: sagaId, why: messageOf(thrown) })
        return { kind: 'unavailable', why: 'the saga could not be looked for' }
      }
      metrics.event('unknown-saga')
      return { kind: 'unknown-saga', sagaId }
    },
    document: async (id) => ((await mayExist(id)) ? objects.document(id) : undefined),
  }
}
