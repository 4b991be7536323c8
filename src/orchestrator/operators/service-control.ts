import type { Duration } from '../../engine/saga.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Persistency, RecordStore } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import { BulkOperations } from '../bulk/bulk-operations.ts'
import { ChannelPauses } from './channel-pauses.ts'
import type { PausableChannels } from './channel-pauses.ts'
import { Incidents } from '../incidents.ts'
import { ProcessRecords } from './process-records.ts'
import { RecordWatch } from './record-watch.ts'
import type { OpenRecords } from './record-watch.ts'
import type { SagaOperator } from './saga-operation.ts'

/** Bulk operations of one store, for HTTP. */
export interface BulkService {
  readonly operations: BulkOperations
  /** False where the records end with the process. */
  readonly kept: boolean
  /** Monotonic instant at which a run that begins now has to end, on hosts that end with their requests. */
  readonly runUntil: () => number
}

/** The channels of one process, for HTTP. */
export interface ChannelService {
  readonly pauses: ChannelPauses
  readonly kept: boolean
}

/** Records of the service, and the pauses among them. */
export interface ControlRecords {
  readonly records: RecordStore
  /** False where they end with the process. */
  readonly kept: boolean
  readonly pauses: ChannelPauses
}

/** Options of `ServiceControl`. */
export interface ServiceControlOptions {
  /** Absent where each saga has a store of its own. */
  readonly persistency?: Persistency | undefined
  readonly operator: SagaOperator
  /** The channels of this process; absent beside `shared`. */
  readonly channels?: PausableChannels | undefined
  /** Records and pauses that the host has opened itself. */
  readonly shared?: ControlRecords | undefined
  readonly runtime: Runtime
  readonly metrics: Pick<Metrics, 'bulkItem' | 'openOperations'>
}

/** Milliseconds that a run may take on a host that ends with its requests; workerd allows 30 s after an answer. */
const BRIEF: Duration = 15_000

/** What operators do to many sagas or to a channel: it uses the corridor from outside, and its records make it outlive a process. */
export class ServiceControl {
  /** Absent where the store cannot list. */
  readonly bulk?: BulkService | undefined
  readonly channels: ChannelService
  readonly #runtime: Runtime
  readonly #incidents: Incidents
  readonly #watch: RecordWatch

  constructor(options: ServiceControlOptions) {
    const { persistency, operator, runtime, metrics } = options
    const { records, kept, pauses } = options.shared ?? ownRecords(options)
    const incidents = new Incidents(runtime)
    this.channels = { pauses, kept }
    if (persistency !== undefined && persistency.can.list !== false) {
      const runUntil = () => (runtime.mayVanish ? runtime.monotonic() + BRIEF : Number.POSITIVE_INFINITY)
      const operations = new BulkOperations({ persistency, records, operator, runtime, metrics, incidents })
      this.bulk = { operations, kept, runUntil }
    }
    this.#runtime = runtime
    this.#incidents = incidents
    this.#watch = new RecordWatch({
      records,
      runtime,
      incidents,
      found: (open) => void this.#carryOut(open),
    })
  }

  /** Pauses the channels that were paused before this process began; call it before anything is sent. Never throws. */
  begin(): Promise<void> {
    return this.#watch.look()
  }

  /** Looks at the records at intervals. */
  start(): void {
    this.#watch.start()
  }

  /**
   * One look, for hosts whose timers end with a request; resolves when the runs that it began have ended. It shares nothing with other
   * looks: on workerd a request must not wait for the work of another.
   */
  async look(): Promise<void> {
    const open = await this.#watch.read()
    if (open !== undefined) await this.#carryOut(open)
  }

  async #carryOut(open: OpenRecords): Promise<void> {
    this.channels.pauses.carryOut(open)
    await this.bulk?.operations.resume(open.keys, this.bulk.runUntil())
  }

  /** Runs under way end after their pages. */
  async stop(within: Duration): Promise<void> {
    const deadline = this.#runtime.monotonic() + within
    await this.#watch.stop()
    await this.bulk?.operations.stop(Math.max(0, deadline - this.#runtime.monotonic()))
    this.#incidents.close()
  }
}

/** Records of the store, or of the process where the store has no place for them. */
function ownRecords({ persistency, channels = NO_CHANNELS, runtime }: ServiceControlOptions): ControlRecords {
  const stored = persistency?.can.records ?? false
  const records = stored === false ? new ProcessRecords() : stored
  return { records, kept: stored !== false, pauses: new ChannelPauses({ records, process: channels, runtime }) }
}

const NO_CHANNELS: PausableChannels = { channels: () => [], pause: () => false, resume: () => false }
