import type { Session } from './api/documents.ts'
import type { Machine } from './api/machine.ts'

/** The service as every view sees it. */
export interface Service {
  readonly session: Session
  readonly machine: Machine
}
