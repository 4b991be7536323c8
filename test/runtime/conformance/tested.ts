import type { WorkerOptions, WorkerScript } from '../../services/worker.ts'

/** `persistencyManagement` of a saga.json. */
export interface PersistencySettings {
  readonly type: string
  readonly configurations: object
}

/** A runtime under test: its npm script, and the differences that are by design. */
export interface TestedRuntime {
  readonly name: string
  readonly script: WorkerScript
  readonly launcher?: WorkerOptions['launcher']
  readonly args?: readonly string[]
  /** `persistencyManagement`; absent for the embedded store. */
  readonly persistency?: (() => PersistencySettings) | undefined
  /** True if `GET /sagas` lists; otherwise it is 501 with the name of the store. */
  readonly lists: boolean
  /** Bytes of metadata that the store accepts, or no limit but that of bodies (P24). */
  readonly stores: number | 'anything'
  /** Milliseconds after a restart until every unfinished command has been sent again (P12, P19). */
  readonly recoversWithin: number
  /** The channel's time-out in tests that wait for leases to end; default: that of the example. */
  readonly lease?: string
  /** True if only requests start a sweep: nothing runs between them, and cron triggers are a minute apart. */
  readonly needsRequests?: boolean
  /** True if `SHUTDOWN_TIMEOUT` limits the end; workerd waits for open requests without limit. */
  readonly endsInTime: boolean
  /** True if the host answers malformed chunks itself, with 400 and no body. */
  readonly judgesChunks?: boolean
  /** Requests that the host's HTTP server refuses before our code runs: asserted where it is listed, expected to work where it is not. */
  readonly lacks?: readonly ('old-clients' | 'pipelining' | 'idle-connections' | 'latin-1-headers')[]
}
