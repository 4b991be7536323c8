import type { EventTreatment } from '../take-event.ts'
import type { ExploredFault } from '../explored-fault.ts'
import type { ExploredSituation } from '../explored-situation.ts'

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
