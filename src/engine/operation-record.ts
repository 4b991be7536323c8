/** The actions of operators on one saga (P25). */
export type OperationAction =
  | 'redeliver'
  | 'resend'
  | 'hold'
  | 'release'
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
