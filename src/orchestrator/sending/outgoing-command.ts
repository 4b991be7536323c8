import type { Command, Instant } from '../../engine/saga.ts'
import type { Lane } from './lane.ts'

/** A command on its way through the relay. */
export interface OutgoingCommand {
  readonly command: Command
  readonly kind: 'command' | 'side-effect'
  /** Attempts of the debt when it was claimed; a failed send counts only while the debt has the same number (P14). */
  readonly attempts: number
  /** Sends that have ended before this one, silent ones included. */
  readonly sends?: number | undefined
  /** When its time began (`countedFrom`); absent for a side effect. */
  readonly since?: Instant | undefined
  /** `since` of the debt that it is sent for: one that is owed again has another, and this send does not settle it (P3). */
  readonly owedSince?: Instant | undefined
  /** A send was started before, here or elsewhere: the command has no place in its saga's order (P13). */
  readonly isRetry?: boolean | undefined
  /** An earlier send may have reached the participant, such as one of a process that died (P15). */
  readonly isRepeat?: boolean | undefined
  /** Monotonic instant from which no send is started: the end of the lease less the channel's time-out, so that a send ends within it (P14). */
  readonly expires: number
  /** The end of the lease as it was written. */
  readonly due?: Instant | undefined
  /** The lane that it waits in; absent: its channel. */
  readonly lane?: Lane | undefined
  /** Claimed by recovery: takes turns with new commands for the channel. */
  readonly isRecovered?: boolean | undefined
}

/** First attempts keep the order of their saga; retries and side effects have none (P13). */
export function isFirstAttempt({ kind, isRetry, attempts }: OutgoingCommand): boolean {
  return kind === 'command' && isRetry !== true && attempts === 0
}
