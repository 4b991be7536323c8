import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import type { UnreadableListed } from '../../service/saga-pages.ts'

/** The sagas of a deployment, read and never changed. */
export interface SagaSource {
  readonly machine: DeployedMachine
  /** Pages of all sagas, newest first. Throws where the list ends before its end. */
  pages(): AsyncIterable<readonly JudgedSaga[]>
  /** `undefined`: the saga was removed meanwhile. Throws where there is no answer. */
  document(id: string): Promise<SagaDocument | UnreadableListed | undefined>
  close(): Promise<void>
}

/** A saga that is to be judged: its id is known, or that it cannot be read. */
export type JudgedSaga = { readonly sagaId: string } | UnreadableListed

/** The machine of a deployment now, and settings that rules depend on. */
export interface DeployedMachine {
  readonly definition: MachineDefinition
  /** As the entries of histories have it. */
  readonly hash: string
  /** Most parked events of a saga. */
  readonly parkingLimit: number
}
