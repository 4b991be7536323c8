import { BulkOperations } from '../../../../src/orchestrator/bulk/bulk-operations.ts'
import type { BulkRequest } from '../../../../src/orchestrator/bulk/bulk-operation.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import { ProcessRecords } from '../../../../src/orchestrator/operators/process-records.ts'
import { RecordWatch } from '../../../../src/orchestrator/operators/record-watch.ts'
import type { OpenRecords } from '../../../../src/orchestrator/operators/record-watch.ts'
import type { Operated, SagaOperation } from '../../../../src/orchestrator/operators/saga-operation.ts'
import type { Persistency, RecordStore } from '../../../../src/ports/persistency.ts'
import { NOW } from '../../../../testing/contract/build.ts'
import { create } from '../../../../testing/contract/saves.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import type { SimulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import type { FakeMetrics } from '../../../fakes/metrics.ts'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'

/** A store with sagas, its records, and processes that carry out bulk operations on it. */
export interface BulkStage {
  readonly runtime: SimulatedRuntime
  readonly store: Persistency
  readonly records: RecordStore
  readonly metrics: FakeMetrics
  /** Operations that wrote, by saga. */
  readonly written: Map<string, string[]>
  /** Answers in place of the usual one. */
  readonly answers: Map<string, (operation: SagaOperation) => Promise<Operated>>
  readonly process: () => BulkOperations
  /** A process that looks for open operations, now and at intervals. */
  readonly looking: () => BulkOperations
}

export async function bulkStage(
  sagas: number,
  isShared = true,
  records: RecordStore = new ProcessRecords(),
): Promise<BulkStage> {
  const runtime = simulatedRuntime()
  const inner = timelessMemory()
  const store: Persistency = {
    name: inner.name,
    can: { ...inner.can, shared: isShared },
    load: (id) => inner.load(id),
    save: (...given) => inner.save(...given),
    applied: (...given) => inner.applied(...given),
    document: (id) => inner.document(id),
    probe: () => inner.probe(),
    close: () => inner.close(),
  }
  for (let made = 0; made < sagas; made++) await create(inner, { id: `saga-${made}`, at: NOW + made })
  const metrics = fakeMetrics()
  const written = new Map<string, string[]>()
  const answers: BulkStage['answers'] = new Map()
  const operate = async (operation: SagaOperation): Promise<Operated> => {
    const { sagaId, id, dryRun } = operation
    const other = answers.get(sagaId)
    if (other !== undefined) return other(operation)
    const before = written.get(sagaId) ?? []
    if (before.includes(id)) return { kind: 'repeated', sagaId, state: 'held' }
    if (dryRun !== true) written.set(sagaId, [...before, id])
    return { kind: 'done', sagaId, state: 'open', details: {} }
  }
  const process = () =>
    new BulkOperations({
      persistency: store,
      records,
      operator: { operate },
      runtime,
      metrics,
      incidents: new Incidents(runtime),
    })
  const looking = () => {
    const bulk = process()
    const found = ({ keys }: OpenRecords) => void bulk.resume(keys)
    const watch = new RecordWatch({ records, runtime, incidents: new Incidents(runtime), found })
    watch.start()
    void watch.look()
    return bulk
  }
  return { runtime, store, records, metrics, written, answers, process, looking }
}

export const HOLD: BulkRequest = {
  id: 'op-1',
  action: { kind: 'hold' },
  filter: {},
  operator: 'ada',
  reason: 'an incident',
  rate: 50,
}
