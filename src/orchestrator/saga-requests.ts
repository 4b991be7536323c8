import type { SagaId } from '../engine/saga.ts'
import { isUnreadableSaga, reasonOf } from '../errors.ts'
import type { Created, Outcome } from './corridor.ts'
import type { CorridorParts } from './corridor-parts.ts'
import { byDeadline } from './deadline.ts'
import type { Turn } from './events/turn.ts'
import { kindOfReason } from './incidents.ts'
import type { Mailbox } from './mailbox.ts'
import type { Operated } from './operators/saga-operation.ts'
import type { RedeliveredRequest } from './recovery/redelivery.ts'
import { LATE_STORE } from './request-deadline.ts'
import { damaged } from './timed-reads.ts'
import type { Damaged, Unavailable } from './undone.ts'

/** Parts of `SagaRequests`. */
export interface SagaRequestsParts extends Pick<CorridorParts, 'runtime' | 'redelivery' | 'incidents'> {
  readonly mailbox: Mailbox
}

/** Work of an operator's request, in the saga's mailbox. */
interface OperatorTurn {
  readonly id: SagaId
  readonly work: () => Promise<Turn<Operated>>
  /** Monotonic. */
  readonly deadline: number
}

/**
 * Requests on one saga: each runs in the saga's mailbox, and is answered by its deadline. A write under way keeps the mailbox longer, so
 * that nothing else is decided before its fate is known (P6).
 */
export class SagaRequests {
  readonly #parts: SagaRequestsParts

  constructor(parts: SagaRequestsParts) {
    this.#parts = parts
  }

  /** Answers at `latest` (monotonic) at the latest. */
  answer<T extends Created | Outcome>(
    request: RedeliveredRequest<T>,
    latest: number,
  ): Promise<T | Damaged | Unavailable> {
    const { runtime, mailbox, redelivery } = this.#parts
    const { id, work } = request
    const failed = failedWith(id)
    const done =
      redelivery === undefined
        ? mailbox.run(id, work, this.#rest).then(answerOf, failed)
        : redelivery.answer(request).catch(failed)
    return byDeadline(runtime, done, { deadline: latest, late: async () => LATE_STORE })
  }

  /** `ended` makes the answer of the turn that the work has ended with. */
  operate({ id, work, deadline }: OperatorTurn, ended: (turn: Turn<Operated>) => Promise<Operated>): Promise<Operated> {
    const { runtime, mailbox } = this.#parts
    const done = mailbox.run(id, work, this.#rest).then(ended, failedWith(id))
    return byDeadline(runtime, done, { deadline, late: async () => LATE_STORE })
  }

  /** Logs the reason of a 503, which may name files and hosts and is not in the answer. */
  report(saga: SagaId, answer: Created | Outcome | Operated, requestId: string | undefined): void {
    const { incidents } = this.#parts
    if (answer.kind !== 'unavailable') return incidents.succeeded('requests', 'request.available')
    const { why } = answer
    const fields = { saga, why, ...(requestId !== undefined && { reqId: requestId }) }
    incidents.report({ code: 'request.unavailable', group: 'requests', kind: kindOfReason(why), fields })
  }

  /** What a turn leaves undone comes due in the store, and recovery goes on with it (P10). */
  readonly #rest = ({ rest }: Turn<unknown>): Promise<void> | void => {
    if (rest === undefined) return
    const going = rest().then(nothing, nothing)
    this.#parts.runtime.waitUntil(going)
    return going
  }
}

const nothing = (): void => undefined

function failedWith(id: SagaId): (thrown: unknown) => Damaged | Unavailable {
  return (thrown) => (isUnreadableSaga(thrown) ? damaged(id, thrown) : { kind: 'unavailable', why: reasonOf(thrown) })
}

function answerOf<T>({ answer }: Turn<T>): T {
  return answer
}
