import type { MachineDefinition } from '../../src/machine/definition.ts'
import type { AcknowledgedCreation } from '../../testing/checker/ledger-problems.ts'
import type { Transport } from './reactions.ts'

/** Processes that are killed together. */
export interface Target {
  /** Such as `service`, `participant`, `broker`, `store`. */
  readonly kind: string
  /** Shortest and longest time in ms from the kill to the restart; shorter than half a minute. */
  readonly away: readonly [number, number]
  /** SIGKILL; resolves when the processes have ended. */
  kill(): Promise<void>
  /** Resolves when the processes work again. */
  start(): Promise<void>
}

/** A running deployment. */
export interface Stage {
  readonly machine: MachineDefinition
  readonly transport: Transport
  /** Address of a service; of several, another one each time. */
  readonly url: () => string
  /** Killed in turn. */
  readonly targets: readonly Target[]
  /** Sagas that the targets have created by themselves. */
  readonly created: readonly AcknowledgedCreation[]
  /** Path of the ledger of the participants. */
  readonly ledger: string
  /** Reasons why work is left outside of the store, such as records without a commit; empty when there is none. */
  left(): Promise<readonly string[]>
  /** Lines on what is between the processes, such as consumer groups, for a person who looks for the cause of a standstill. */
  surroundings(): Promise<readonly string[]>
  /** Ends all processes. `keep`: their logs and files go into the folder of the run. */
  close(keep: boolean): Promise<void>
}

/** A deployment that can be soaked. */
export interface Deployment {
  readonly name: string
  /** Sentence on what has to be installed; absent where all is there. */
  readonly missing?: string | undefined
  /** Resolves when all processes work. `folder` is empty. */
  open(folder: string): Promise<Stage>
}
