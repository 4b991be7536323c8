import type { EventTreatment } from '../take-event.ts'
import type { ExploredSituation } from '../explored-situation.ts'

/**
 * A thing that goes wrong around a saga.
 *
 * - `silence`: a participant accepts a command and sends no event, or no client sends one.
 * - `late`: a deadline fires before the answer that is under way, or before the command was accepted.
 * - `overtaken`: an event or a command of a later visit arrives before it.
 * - `acceptance-lost`: a participant accepts a command, and the service does not learn of it, so that it sends the command again.
 * - `forgotten-key`: a participant acts again on a command that it has acted on.
 * - `doubled`: an event arrives twice, under one id.
 * - `side-effect-lost`: a side effect, which is sent once, does not arrive.
 */
export type ExploredFault =
  | 'silence'
  | 'late'
  | 'overtaken'
  | 'acceptance-lost'
  | 'forgotten-key'
  | 'doubled'
  | 'side-effect-lost'

/** What happens in a move, for people. */
export type MoveEvent =
  | { readonly kind: 'created' }
  /** A participant gets a command, for the first time or again. No answer: it sends no event for it. */
  | {
      readonly kind: 'accepted'
      readonly label: string
      readonly how: 'acts' | 'recognises' | 'acts-again'
      readonly answer?: string | undefined
      readonly isAcceptanceLost: boolean
      readonly isSideEffect: boolean
    }
  | { readonly kind: 'side-effect-lost'; readonly label: string }
  /** No event: no client ever sends one. */
  | { readonly kind: 'client'; readonly event?: string | undefined }
  | {
      readonly kind: 'arrived'
      readonly event: string
      readonly from: string
      readonly treatment: EventTreatment | 'repeated'
      readonly overtakes: readonly string[]
      readonly isDoubled: boolean
    }
  /** A deadline: it sends the command again, or its event moves the saga. */
  | {
      readonly kind: 'deadline'
      readonly from: string
      readonly resends?: string | undefined
      readonly event?: string | undefined
      /** What comes too late: `takePayment is accepted`, `paymentTaken arrives`. */
      readonly before: readonly string[]
    }

/** One thing that can happen in a situation. */
export interface ExploredMove {
  readonly event: MoveEvent
  readonly next: ExploredSituation
  readonly faults: readonly ExploredFault[]
}
