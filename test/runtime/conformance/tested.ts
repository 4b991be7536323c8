import type { WorkerScript } from '../../services/worker.ts'

/** `persistencyManagement` of a saga.json. */
export interface PersistencySettings {
  readonly type: string
  readonly configurations: object
}

/** A runtime as the suite sees it: an npm script, and what differs by design. */
export interface TestedRuntime {
  readonly name: string
  readonly script: WorkerScript
  readonly args?: readonly string[]
  /** What stands in `persistencyManagement`, once it is known where; absent: what the runtime embeds. */
  readonly persistency?: (() => PersistencySettings) | undefined
  /** Whether `GET /sagas` lists; a runtime that cannot says 501 and names its store. */
  readonly lists: boolean
  /** Bytes of metadata that its store takes, or anything that the body limit lets through (P24). */
  readonly stores: number | 'anything'
  /** Milliseconds after a restart within which every command that was under way has been sent again (P12, P19). */
  readonly recoversWithin: number
  /** The channel's time-out in tests that wait until leases end; default: the example's. */
  readonly lease?: string
  /** Whether only requests wake what is due, as where nothing lives between them and cron triggers are a minute apart. */
  readonly needsRequests?: boolean
  /** Whether `SHUTDOWN_TIMEOUT` bounds the end; workerd waits for open requests as long as they take, and cannot be told. */
  readonly endsInTime: boolean
  /** Whether its host answers malformed chunks itself: 400 without a body, before our code runs. */
  readonly judgesChunks?: boolean
  /** What the host's own HTTP server refuses before we are asked; asserted where it stands here, wanted where it does not. */
  readonly lacks?: readonly ('old-clients' | 'pipelining' | 'idle-connections')[]
}
