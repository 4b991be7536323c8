import { DEFAULTS } from '../defaults.ts'
import type { Step } from '../engine/saga.ts'
import type { Machine } from '../machine/compile.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Loaded, Persistency } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Unavailable } from './corridor.ts'
import type { Settlements } from './settlements.ts'
import type { CommitResult, Ledger } from './ledger.ts'
import type { Incidents } from './incidents.ts'
import type { Redelivery } from './redelivery.ts'
import type { Sender } from './sender.ts'

/** What creating and moving a saga have in common. */
export interface CorridorParts {
  readonly machine: Machine
  readonly persistency: Persistency
  readonly ledger: Ledger
  readonly settlements: Settlements
  readonly sender: Sender
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly incidents: Incidents
  /** Where nobody can ask the store what is owed (P17). */
  readonly redelivery?: Redelivery | undefined
}

/** The monotonic instant by which a request that comes now must have its answer. */
export function deadlineOf(runtime: Runtime): number {
  return runtime.monotonic() + DEFAULTS.deadline
}

/** Whether the answer has gone out without us: then nothing new is begun. */
export function isLate({ runtime }: Pick<CorridorParts, 'runtime'>, deadline: number): boolean {
  return runtime.monotonic() >= deadline
}

export const TOO_LATE: Unavailable = { kind: 'unavailable', why: 'earlier events of this saga took too long' }

/** Saves a step, with whatever settlements wait for this saga; once it is durable its commands may leave (I1, P12). */
export async function commitStep(
  { ledger, settlements, sender, metrics, redelivery }: CorridorParts,
  before: Loaded | 'absent',
  step: Step,
  deadline: number,
): Promise<CommitResult> {
  const settled = before === 'absent' ? undefined : settlements.settledOf(before.saga)
  const committed = await ledger.commit(before, ledger.change(step.sagaId, { step, settled }), deadline)
  if (committed.kind !== 'saved') return committed
  settlements.settled(step.sagaId, settled)
  metrics.entered(step.state.id, step.event.label)
  sender.dispatch(committed.loaded.saga, step)
  redelivery?.dispatched(committed.loaded, step)
  return committed
}
