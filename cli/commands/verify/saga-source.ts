import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { SagaSummary } from '../../../src/codec/saga-summary.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'

/** A saga of a list, or one that cannot be read. */
export type VerifiedSaga = SagaSummary | UnreadableSaga

/** A saga whose stored form is damaged. */
export interface UnreadableSaga {
  readonly sagaId: string
  readonly unreadable: string
}

/** The sagas of a deployment, read and never changed. */
export interface SagaSource {
  readonly machine: DeployedMachine
  /** Pages of all sagas, newest first. Throws where the list ends before its end. */
  pages(): AsyncIterable<readonly VerifiedSaga[]>
  /** `undefined`: the saga was removed meanwhile. Throws where there is no answer. */
  document(id: string): Promise<SagaDocument | UnreadableSaga | undefined>
  close(): Promise<void>
}

/** The machine of a deployment now, and settings that rules depend on. */
export interface DeployedMachine {
  readonly definition: MachineDefinition
  /** As the entries of histories have it. */
  readonly hash: string
  /** Most parked events of a saga. */
  readonly parkingLimit: number
}
