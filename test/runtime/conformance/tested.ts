import type { WorkerScript } from '../../services/worker.ts'

/** A runtime as the suite sees it: an npm script, and what differs by design. */
export interface TestedRuntime {
  readonly name: 'node' | 'deno' | 'bun' | 'workerd'
  readonly script: WorkerScript
  /** Whether `GET /sagas` lists; a runtime that cannot says 501 and names its store. */
  readonly lists: boolean
  /** Bytes of metadata that its store takes, or anything that the body limit lets through (P24). */
  readonly stores: number | 'anything'
  /** Milliseconds after a restart within which every command that was under way has been sent again (P12, P19). */
  readonly recoversWithin: number
  /** Whether `SHUTDOWN_TIMEOUT` bounds the end; workerd waits for open requests as long as they take, and cannot be told. */
  readonly endsInTime: boolean
}
