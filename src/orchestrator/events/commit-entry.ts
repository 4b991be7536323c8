import { completeEntry, keptSideEffects } from '../../engine/complete-entry.ts'
import type { Saga, SagaId } from '../../engine/saga.ts'
import type { Step } from '../../engine/change.ts'
import type { Loaded } from '../../ports/persistency.ts'
import type { CorridorParts } from '../corridor-parts.ts'
import { mayHaveLanded } from './ledger.ts'
import type { CommitResult, LedgerEntry } from './ledger.ts'
import { reportDropped } from './parking-report.ts'
import type { SavedStep } from './turn.ts'

/** An entry, and the head that it was decided on. */
export interface EntryToCommit {
  readonly sagaId: SagaId
  readonly before: Loaded | 'absent'
  readonly entry: LedgerEntry
  /** Monotonic; until then a write of unknown fate is repeated (P6). */
  readonly deadline: number
}

/** Result of a commit, with the step that it saved: redelivery and later steps of a turn need no record of their own. */
export type Committed =
  | (Extract<CommitResult, { kind: 'saved' }> & { readonly saved?: SavedStep | undefined })
  | Exclude<CommitResult, { kind: 'saved' }>

/**
 * Saves one entry, with the settlements that wait for this saga, and with what it means for parked events and for side effects of a
 * hold. After a step is durable, and not before, its commands leave (I1, P12), and metrics and feed learn of it. To be called inside
 * the saga's mailbox.
 */
export async function commitEntry(parts: CorridorParts, commit: EntryToCommit): Promise<Committed> {
  const { ledger, settlements } = parts
  const { sagaId, before, deadline } = commit
  const entry = before === 'absent' ? commit.entry : completeEntry(parts.machine, before.saga, commit.entry)
  const settling = before === 'absent' ? undefined : settlements.entryOf(before.saga, entry.step)
  const change = ledger.change(sagaId, settling === undefined ? entry : { ...entry, ...settling })
  const committed = await ledger.commit(before, change, deadline)
  if (mayHaveLanded(committed)) settlements.revived(sagaId, entry.revived)
  if (committed.kind !== 'saved') return committed
  const { loaded } = committed
  settlements.settled(loaded.saga, settling?.settled)
  if (before !== 'absent') followHead(parts, before.saga, entry)
  if (commit.entry.step !== undefined) parts.hooks.reportFailures(commit.entry.step)
  return entry.step === undefined ? committed : { kind: 'saved', loaded, saved: followUp(parts, loaded, entry.step) }
}

function followHead(parts: CorridorParts, before: Saga, entry: LedgerEntry): void {
  if (before.parked.length > 0) reportDropped(parts, before, entry)
  // A step that ends a hold is a cancellation: then nothing is sent any more.
  if (before.hold?.sideEffects !== undefined && entry.hold === null && entry.step === undefined)
    parts.sender.sendOnce(before, keptSideEffects(before))
}

function followUp(
  { sender, metrics, sagaLog, feed, redelivery }: CorridorParts,
  loaded: Loaded,
  step: Step,
): SavedStep {
  const { saga } = loaded
  if (step.stays !== true) metrics.entered(step.state.id, step.event.label)
  sagaLog?.stepped(step)
  sender.dispatch(saga, step)
  // Before the first await: the relay drops the result of a send that no caller waits for.
  const sends = redelivery?.sendsOf(step) ?? NO_SENDS
  feed.publish(step, saga)
  return { step, loaded, sends }
}

const NO_SENDS: readonly never[] = Object.freeze([])
