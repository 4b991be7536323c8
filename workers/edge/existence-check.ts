import { fits } from '../../src/codec/utf8-size.ts'
import type { SagaId } from '../../src/engine/saga.ts'
import { messageOf } from '../../src/errors.ts'
import type { Corridor } from '../../src/orchestrator/corridor.ts'
import type { Operated } from '../../src/orchestrator/operators/saga-operation.ts'
import type { Unavailable } from '../../src/orchestrator/undone.ts'
import type { Metrics } from '../../src/ports/metrics.ts'
import type { Runtime } from '../../src/ports/runtime.ts'

/** True if a saga of this id may exist. A `false` is never wrong. */
export type MayExist = (id: SagaId) => Promise<boolean>

/** Options of `withExistenceCheck`. */
export interface ExistenceCheckOptions {
  readonly runtime: Pick<Runtime, 'log'>
  readonly metrics: Metrics
  readonly mayExist: MayExist
  /** Bytes of metadata that the store accepts. */
  readonly limit: number | false
}

/**
 * A corridor that wakes objects for existing sagas alone. The first call makes an object's file, which is never removed, so
 * unknown ids and creations that are too large are answered without their object (C4.4, P24).
 */
export function withExistenceCheck(objects: Corridor, options: ExistenceCheckOptions): Corridor {
  const { runtime, metrics, mayExist, limit } = options
  const unlessThere = async (sagaId: SagaId): Promise<UnknownSaga | Unavailable | undefined> => {
    try {
      return (await mayExist(sagaId)) ? undefined : { kind: 'unknown-saga', sagaId }
    } catch (thrown) {
      runtime.log.write('object.search-failed', { saga: sagaId, why: messageOf(thrown) })
      return { kind: 'unavailable', why: 'the saga could not be looked for' }
    }
  }
  return {
    ...objects,
    async create(request) {
      if (limit === false || fits(JSON.stringify(request.metadata), limit)) return objects.create(request)
      metrics.creation('too-large')
      return { kind: 'too-large', limit }
    },
    async handle(event) {
      const unknown = await unlessThere(event.sagaId)
      if (unknown === undefined) return objects.handle(event)
      if (unknown.kind === 'unknown-saga') metrics.event('unknown-saga')
      return unknown
    },
    awaitEnd: async (request, gone) => !(await mayExist(request.id)) || objects.awaitEnd(request, gone),
    operate: async (operation) => (await unlessThere(operation.sagaId)) ?? objects.operate(operation),
    watch: async (request, gone) => (await unlessThere(request.id)) ?? objects.watch(request, gone),
    document: async (id) => ((await mayExist(id)) ? objects.document(id) : undefined),
  }
}

type UnknownSaga = Extract<Operated, { kind: 'unknown-saga' }>
