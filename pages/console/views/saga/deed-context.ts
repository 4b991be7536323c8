import type { SagaDocument } from '../../api/documents.ts'
import type { Machine } from '../../api/machine.ts'

/** The saga and the machine that an action is about. */
export interface DeedContext {
  readonly saga: SagaDocument
  readonly machine: Machine
}
