import type { Duration, ParkingBounds } from '../../src/engine/saga.ts'
import type { ChannelRetry } from '../../src/ports/channel.ts'

/** Settings of the observed service. A rule that needs a term which is absent judges less, never more. */
export interface RunTerms {
  /** Default: `always`. Otherwise sagas with writes by several processes are not judged by the heads of their writes (I8, P17). */
  readonly compareAndSet?: 'always' | 'when-tagged' | undefined
  /** Other processes may write the same sagas (P12). Default: true. Otherwise the leases of an ended process are void. */
  readonly shared?: boolean | undefined
  /** Final sagas that owe nothing are removed (P8). Default: false. */
  readonly removal?: boolean | undefined
  /** Milliseconds that final sagas are kept, where removals are seen (P23). */
  readonly retention?: Duration | undefined
  readonly unexpectedEvents?: 'ignore' | 'reject' | 'park' | undefined
  /** Bounds of parked events (P10). */
  readonly parking?: ParkingBounds | undefined
  /** `first-level`: a payload's keys at the top replace those of the metadata (C4.2). Absent: another merge, which is not judged. */
  readonly merge?: 'first-level' | undefined
  /** How often commands are sent, by channel (P15). */
  readonly channels?: ReadonlyMap<string, { readonly retry?: ChannelRetry | undefined }> | undefined
  /** Recovery repeats requests, and their commands, at once (P17). Default: false. */
  readonly redelivery?: boolean | undefined
  /** Time at the end of a calm run that due work may take. Default: 10 s. */
  readonly slack?: Duration | undefined
}
