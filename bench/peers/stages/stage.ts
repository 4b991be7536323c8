import type { Wire } from '../../saga-doors.ts'

/** A peer that takes sagas. */
export interface PeerStage {
  readonly url: string
  readonly wire: Wire
  /** The roots of its processes. */
  readonly pids: readonly number[]
  close(): Promise<void>
}

/** Where a peer starts. */
export interface StageOptions {
  /** A new folder for its data and logs. */
  readonly folder: string
  /** Port of the driver's participant. */
  readonly participantPort: number
}
