import type { Change } from '../engine/change.ts'
import type { EventId, WriteId } from '../engine/saga.ts'
import type { StoredDocument } from './stored-document.ts'

/** Outcome of a change that a store did not take: durable before, its event in the history already, or another writer first. */
export type WriteVerdict = 'saved' | 'duplicate' | 'conflict'

/** The stored facts by which a change is judged. A write without a write id, as Flow Manager makes, counts as `null`. */
export interface StoredWrites {
  /** Id of the saga's newest write. */
  readonly newest: WriteId | null
  /** Id of the write that added the change's event to the history; absent where the history lacks the event (P7). */
  readonly event?: WriteId | null | undefined
}

/** The condition of the change: no saga at all, or a basis that is or is not the newest write any more. */
export type Condition = 'absent' | 'current' | 'outdated'

/**
 * Judges a change against what is stored (P2, P6, I4). `undefined`: nothing stands against the change, so it may be written.
 * `stored` is absent where no saga of this id is stored.
 */
export function writeVerdict(
  { writeId }: Pick<Change, 'writeId'>,
  condition: Condition,
  stored: StoredWrites | undefined,
): WriteVerdict | undefined {
  if (stored === undefined) return condition === 'absent' ? undefined : 'conflict'
  if (stored.newest === writeId) return 'saved'
  // The same creation by another write is a conflict: its caller compares the fingerprints (P2, P8).
  const isDuplicate = stored.event !== undefined && (condition !== 'absent' || stored.event === writeId)
  if (isDuplicate) return 'duplicate'
  return condition === 'current' ? undefined : 'conflict'
}

/** The same for a store of documents. `before`: the document that the change was made from; absent at a creation. */
export function documentVerdict(
  stored: StoredDocument | undefined,
  change: Change,
  before: StoredDocument | undefined,
): WriteVerdict | undefined {
  if (stored === undefined) return writeVerdict(change, conditionOf(before, false), undefined)
  const { step, writeId } = change
  if (stored.history.writeId === writeId && lengthOf(stored) !== lengthAfter(step, before)) {
    // Our write landed; Flow Manager then appended without changing writeId, so this document is no valid basis.
    return step === undefined ? 'conflict' : 'duplicate'
  }
  const event = step && eventWriterOf(stored, step.event.id, step.event.label)
  const isCurrent = before !== undefined && isSame(stored, before)
  return writeVerdict(change, conditionOf(before, isCurrent), { newest: stored.history.writeId ?? null, event })
}

/** Id of the write that added this event (P7): `null` where it was added without one, absent where the history lacks it. */
export function eventWriterOf({ history }: StoredDocument, id: EventId, label: string): WriteId | null | undefined {
  const event = history.events.find((one) => one.id === id && one.event === label)
  return event === undefined ? undefined : (event.writeId ?? null)
}

/** The condition of the next write (C6.4): the last write's id; for a document of Flow Manager, its length. */
export type DocumentRevision = { readonly writeId: WriteId } | { readonly length: number }

/** The revision of a stored document: its last write and the length of its history. */
export function revisionOf({ history: { writeId, events } }: StoredDocument): DocumentRevision {
  return writeId === undefined ? { length: events.length } : { writeId }
}

function conditionOf(before: StoredDocument | undefined, isCurrent: boolean): Condition {
  if (before === undefined) return 'absent'
  return isCurrent ? 'current' : 'outdated'
}

/** The length is always compared: Flow Manager writes without an id of its own and may keep ours (C6.4). */
function isSame(one: StoredDocument, other: StoredDocument): boolean {
  return one.history.writeId === other.history.writeId && lengthOf(one) === lengthOf(other)
}

function lengthOf({ history }: StoredDocument): number {
  return history.events.length
}

function lengthAfter(step: Change['step'], before: StoredDocument | undefined): number {
  return (before === undefined ? 0 : lengthOf(before)) + (step === undefined ? 0 : 1)
}
