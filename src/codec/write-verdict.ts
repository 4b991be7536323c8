import type { Change, EventId, WriteId } from '../engine/saga.ts'
import type { StoredDocument } from './stored-document.ts'

/** Who wrote this event, if it is in the history (P7); `null` where it was written without a write id. */
export function eventWriterOf({ history }: StoredDocument, id: EventId, label: string): WriteId | null | undefined {
  const event = history.events.find((one) => one.id === id && one.event === label)
  return event === undefined ? undefined : (event.writeId ?? null)
}

/** What the next write must be conditional on (C6.4): the last write's id; for a document of the reference, its length. */
export type DocumentRevision = { readonly writeId: WriteId } | { readonly length: number }

export function revisionOf({ history: { writeId, events } }: StoredDocument): DocumentRevision {
  return writeId === undefined ? { length: events.length } : { writeId }
}

/**
 * What a change that was not taken, or whose answer was lost, has met (P6): its own write, its own event, or somebody else's.
 * `undefined`: nothing stands against it, so it may be tried again.
 */
export function documentVerdict(
  stored: StoredDocument | undefined,
  { writeId, step }: Change,
  before: StoredDocument | undefined,
): 'saved' | 'duplicate' | 'conflict' | undefined {
  if (stored === undefined) return before === undefined ? undefined : 'conflict'
  if (stored.history.writeId === writeId) return lengthOf(stored) === lengthAfter(step, before) ? 'saved' : past(step)
  const writer = step && eventWriterOf(stored, step.event.id, step.event.label)
  // Another creation of the same saga is for its caller to compare with, not a duplicate (P2, P8).
  if (writer !== undefined && (before !== undefined || writer === writeId)) return 'duplicate'
  return before !== undefined && isSame(stored, before) ? undefined : 'conflict'
}

/** Our write is in, and the reference has kept our words and added events: what stands there now is not ours to go on from. */
function past(step: Change['step']): 'duplicate' | 'conflict' {
  return step === undefined ? 'conflict' : 'duplicate'
}

/** The length in any case: the reference writes without an id of its own, and may leave ours where it was (C6.4). */
function isSame(one: StoredDocument, other: StoredDocument): boolean {
  return one.history.writeId === other.history.writeId && lengthOf(one) === lengthOf(other)
}

function lengthOf({ history }: StoredDocument): number {
  return history.events.length
}

function lengthAfter(step: Change['step'], before: StoredDocument | undefined): number {
  return (before === undefined ? 0 : lengthOf(before)) + (step === undefined ? 0 : 1)
}
