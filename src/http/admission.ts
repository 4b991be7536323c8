import type { SagaId } from '../engine/saga.ts'
import { Incidents } from '../orchestrator/incidents.ts'
import type { Runtime } from '../ports/runtime.ts'
import { WaitWindow } from './wait-window.ts'

/** Options of `Admission`. */
export interface AdmissionOptions {
  readonly runtime: Pick<Runtime, 'monotonic' | 'after' | 'log'>
  /** Creations and events in progress (C1.3 `REQUESTS_LIMIT`). */
  readonly limit: number
  /** False where an answer waits for a participant (P17): then long waits are no sign of too many requests. Default: true. */
  readonly judgesWaits?: boolean | undefined
}

/** Reason of a refusal: the process as a whole has too much to do, or one saga has. */
export type Refusal = 'process' | 'saga'

/** With fewer requests in progress, none is refused for the waits of others. */
const FEW = 64
/** Requests for one saga in progress: they are carried out one after the other. */
const MOST_OF_SAGA = 256
/** With this many of one saga, a further one is refused if the oldest has waited this long. */
const FEW_OF_SAGA = 16
const LONGEST_OF_SAGA = 3_000

/**
 * Admission of creations and events (P16). A request that could not be answered in time is refused at once, before its body is
 * read, so that the others keep their answers and the memory stays bounded. Counted are requests from their admission to their
 * answer: all of them, those of each saga, and the waits of those that were answered.
 */
export class Admission {
  readonly #options: AdmissionOptions
  readonly #waits: WaitWindow
  /** Instants of admission of the requests in progress, oldest first. */
  readonly #sagas = new Map<SagaId, number[]>()
  readonly #incidents: Incidents
  #count = 0

  constructor(options: AdmissionOptions) {
    this.#options = options
    this.#waits = new WaitWindow(options.runtime)
    this.#incidents = new Incidents(options.runtime)
  }

  /** Requests in progress. */
  get count(): number {
    return this.#count
  }

  /** True if a request is to be refused before anything of it is read. */
  get isOverloaded(): boolean {
    const { limit, judgesWaits = true } = this.#options
    if (this.#count < Math.min(FEW, limit)) return false
    return this.#count >= limit || (judgesWaits && this.#waits.isLong)
  }

  /** Runs the work of an admitted request, or refuses it. */
  async run<T>(id: SagaId, work: () => Promise<T>): Promise<T | Refusal> {
    const began = this.#options.runtime.monotonic()
    // Again: others may have been admitted while its body was read.
    if (this.#count >= this.#options.limit) return this.refused('process')
    const ofSaga = this.#sagas.get(id)
    if (ofSaga !== undefined && isTooMuch(ofSaga, began)) return this.refused('saga')
    if (ofSaga === undefined) this.#sagas.set(id, [began])
    else ofSaga.push(began)
    if (++this.#count === FEW) this.#waits.begin()
    try {
      return await work()
    } finally {
      this.#ended(id, began)
    }
  }

  /** Notes a refusal: one line in the log until no more are needed. */
  refused(refusal: Refusal): Refusal {
    const fields = { requests: this.#count, limit: this.#options.limit }
    this.#incidents.report({ code: 'request.overload', group: GROUP, kind: refusal, fields })
    return refusal
  }

  #ended(id: SagaId, began: number): void {
    this.#count--
    const ofSaga = this.#sagas.get(id)
    ofSaga?.splice(ofSaga.indexOf(began), 1)
    if (ofSaga?.length === 0) this.#sagas.delete(id)
    this.#waits.ended(began)
    this.#incidents.succeeded(GROUP, 'request.admitted')
  }
}

const GROUP = 'admission'

function isTooMuch(ofSaga: readonly number[], now: number): boolean {
  const { length, 0: oldest = now } = ofSaga
  return length >= MOST_OF_SAGA || (length >= FEW_OF_SAGA && now - oldest > LONGEST_OF_SAGA)
}
