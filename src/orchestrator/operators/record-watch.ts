import { DEFAULTS } from '../../defaults.ts'
import { reasonOf } from '../../errors.ts'
import type { RecordStore } from '../../ports/persistency.ts'
import type { Cancel, Runtime } from '../../ports/runtime.ts'
import { kindOfReason } from '../incidents.ts'
import type { Incidents } from '../incidents.ts'

/** Prefix of records that every process acts on: paused channels and open operations. Their keys alone say what is open. */
export const OPEN_RECORDS = 'open/'
/** Prefix of those that say when a pause ended: a few for each channel, in the order of keys after all others. */
export const RESUMED_RECORDS = 'open/resumed/'
/** Prefix of records with results of bulk operations, whose number grows with that of the sagas. */
export const RESULT_RECORDS = 'results/'
/** Most open records of one read. */
const MOST = 1_000

/** The keys of all open records, as the store had them. */
export interface OpenRecords {
  readonly keys: readonly string[]
  /** Monotonic instant before the read: what this process has written since may be missing. */
  readonly asOf: number
}

/** Options of `RecordWatch`. */
export interface RecordWatchOptions {
  readonly records: RecordStore
  readonly runtime: Runtime
  readonly incidents: Incidents
  readonly found: (records: OpenRecords) => void
}

/** Reads the keys of open records at intervals, since other processes write them: one small read for all of them. */
export class RecordWatch {
  readonly #options: RecordWatchOptions
  #cancelTicks: Cancel | undefined
  #looking: Promise<void> | undefined

  constructor(options: RecordWatchOptions) {
    this.#options = options
  }

  start(): void {
    this.#cancelTicks = this.#options.runtime.every(DEFAULTS.recordsLook, () => void this.look())
  }

  async stop(): Promise<void> {
    this.#cancelTicks?.()
    await this.#looking
  }

  /** One look. Never throws; overlapping calls share it. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined))
    return this.#looking
  }

  /** The open records now; `undefined`, and a line in the log, where they cannot be read. */
  async read(): Promise<OpenRecords | undefined> {
    const { incidents, runtime } = this.#options
    const asOf = runtime.monotonic()
    try {
      const keys = await this.#keys()
      incidents.succeeded('records', 'records.readable')
      return { keys, asOf }
    } catch (thrown) {
      const why = reasonOf(thrown)
      incidents.report({ code: 'records.unreadable', group: 'records', kind: kindOfReason(why), fields: { why } })
      return undefined
    }
  }

  /** Where there are more than one read takes, operations are left for later looks; ends of pauses are not. */
  async #keys(): Promise<readonly string[]> {
    const { records } = this.#options
    const keys = await records.keys(OPEN_RECORDS, MOST)
    if (keys.length < MOST) return keys
    const resumed = await records.keys(RESUMED_RECORDS, MOST)
    return [...keys.filter((key) => !key.startsWith(RESUMED_RECORDS)), ...resumed]
  }

  async #look(): Promise<void> {
    const open = await this.read()
    if (open !== undefined) this.#options.found(open)
  }
}
