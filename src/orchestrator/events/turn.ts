import type { Step } from '../../engine/change.ts'
import type { CommandId } from '../../engine/saga.ts'
import type { Sent } from '../../ports/channel.ts'
import type { Loaded } from '../../ports/persistency.ts'

/** One turn in a saga's mailbox: the answer to its caller, and the steps saved in it, oldest first (P30). */
export interface Turn<T> {
  readonly answer: T
  readonly saved: readonly SavedStep[]
  /** Work that follows in the same turn, after the answer has left: offers of parked events (P10, P30). Absent where there is none. */
  readonly rest: (() => Promise<Upkept>) | undefined
  /** Sends of an operator's action; absent where no caller waits for them. */
  readonly sends?: readonly NamedSend[] | undefined
}

/** A send and its command. */
export interface NamedSend {
  readonly id: CommandId
  readonly fate: SendFate
}

/** A step that is durable and whose commands were handed to the relay. */
export interface SavedStep {
  readonly step: Step
  /** The head after it. */
  readonly loaded: Loaded
  /** Result of each command's send, in the order of `step.owes`; empty where no caller waits for them. */
  readonly sends: readonly SendFate[]
}

/** Result of a send; `undefined` where the command is not under way, or was dropped before its send began. */
export type SendFate = Promise<SendResult | undefined>

/** The outcome of a send, or the dead letter that was saved after it (P15). */
export type SendResult = Sent | GivenUp

/** The command is a dead letter of its saga: nothing sends it again by itself. */
export interface GivenUp {
  readonly kind: 'given-up'
}

/** The end of the chores of one saga. */
export interface Upkept {
  /** The newest head; `undefined` where the store did not take a chore: it stays due, and so does what follows it. */
  readonly loaded: Loaded | undefined
  readonly saved: readonly SavedStep[]
  readonly hasWritten: boolean
}

/** A turn with at most one step. */
export function turnOf<T>(answer: T, saved?: SavedStep, rest?: Turn<T>['rest']): Turn<T> {
  return { answer, saved: saved === undefined ? NO_STEPS : [saved], rest }
}

const NO_STEPS: readonly never[] = Object.freeze([])
