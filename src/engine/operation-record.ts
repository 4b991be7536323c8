/** The actions of operators on one saga (P25). */
export type OperationAction =
  | 'redeliver'
  | 'resend'
  | 'hold'
  | 'release'
  | 'send-event'
  | 'move'
  | 'patch-metadata'
  | 'cancel'
  | 'drop-parked'
  | 'drop-dead-letter'

/** One action of an operator on a saga, as its history keeps it (P25). */
export interface OperationRecord {
  /** Of the request: `key/<idempotency-key>`, `bulk/<operation>`, or a new UUIDv7. A repeat is recognised by it. */
  readonly id: string
  readonly action: OperationAction
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly operator: string
  readonly reason: string
  /** Of the action with its arguments: another request under the same id is refused by it. Earlier versions wrote none. */
  readonly fingerprint?: string | undefined
  /** Its changes, for people: a target state, ids of commands. */
  readonly details?: Readonly<Record<string, string | number | boolean | readonly string[]>> | undefined
}

/** Records of operations that a saga keeps; older ones go first. */
export const MOST_OPERATIONS = 100

/** Bytes of these records as JSON: they must leave room for the saga in the smallest store, which takes 64 KiB. */
const LARGEST_OPERATIONS = 16_384

/** The records with a new one. The oldest go where they are too many or too large; the new one stays in any case. */
export function withOperation(
  before: readonly OperationRecord[] | undefined,
  operation: OperationRecord,
): readonly OperationRecord[] {
  const all = [...(before ?? []), operation].slice(-MOST_OPERATIONS)
  let [from, bytes] = [all.length - 1, bytesOf(operation)]
  for (; from > 0; from--) {
    bytes += bytesOf(all[from - 1])
    if (bytes > LARGEST_OPERATIONS) break
  }
  return all.slice(from)
}

/** Bytes in UTF-8, or more: a UTF-16 unit beyond ASCII takes at most three. */
function bytesOf(record: OperationRecord | undefined): number {
  const text = JSON.stringify(record)
  return text.length + 2 * text.replaceAll(/[\u0000-\u007F]+/g, '').length
}
