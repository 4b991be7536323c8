import { DEFAULTS } from '../defaults.ts'
import type { Duration, SagaId } from '../engine/saga.ts'
import { Incidents } from '../orchestrator/incidents.ts'
import type { RefusalReason } from '../ports/metric-labels.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Runtime } from '../ports/runtime.ts'
import { StandingQueue } from './standing-queue.ts'
import { WaitWindow } from './wait-window.ts'

/** Options of `Admission`. */
export interface AdmissionOptions {
  readonly runtime: Pick<Runtime, 'monotonic' | 'after' | 'log'>
  readonly metrics: Pick<Metrics, 'refused' | 'readRequests'>
  /** Creations and events in progress (C1.3 `REQUESTS_LIMIT`). */
  readonly limit: number
  /** False where an answer waits for a participant (P17): then long waits are no sign of too many requests. Default: true. */
  readonly judgesWaits?: boolean | undefined
}

/** Requests that are admitted: an event finishes work that was begun, so it is refused later than a creation. */
export type RequestKind = 'creation' | 'event'

/** Reason of a refusal: too many requests in progress, in all or of one saga, or their waits are too long. */
export type Refusal = Exclude<RefusalReason, 'connections'>

/** With fewer requests in progress, none is refused for the waits of others. */
const FEW = 64
/** Share of the limit that creations may use. */
const SHARE_OF_CREATIONS = 0.75
/** If even the shortest wait is longer, requests are admitted by the rate of answers, until one was short again. */
const [LONG, SHORT]: readonly [Duration, Duration] = [1_000, 125]
/** The longest wait in a standing queue of the host; and by the rate of answers as many are in progress as are answered in this time. */
const WITHIN: Readonly<Record<RequestKind, Duration>> = { creation: 500, event: 1_000 }
/** Requests for one saga in progress: they are carried out one after the other. */
const MOST_OF_SAGA = 256
/** With this many of one saga, a further one is refused if the oldest has waited this long. */
const FEW_OF_SAGA = 16
const LONGEST_OF_SAGA = 3_000
/** Milliseconds between two looks for lost requests. */
const LOOK: Duration = 1_000

/**
 * Admission of creations and events (P16). A request that could not be answered in time is refused at once, before its body is
 * read, so that the others keep their answers and the memory stays bounded. Counted are requests from their admission to their
 * answer: all of them, those of each saga, and the waits of those that were answered.
 */
export class Admission {
  readonly #options: AdmissionOptions
  readonly #waits: WaitWindow
  /** The host's queue of each kind. */
  readonly #hosts: Readonly<Record<RequestKind, StandingQueue>>
  /** Instants of admission of the requests in progress, oldest first. */
  readonly #sagas = new Map<SagaId, number[]>()
  readonly #incidents: Incidents
  #count = 0
  #isSlow = false
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(options: AdmissionOptions) {
    this.#options = options
    const { runtime } = options
    this.#waits = new WaitWindow(runtime)
    this.#hosts = {
      creation: new StandingQueue(runtime, { long: WITHIN.creation, short: SHORT }),
      event: new StandingQueue(runtime, { long: WITHIN.event, short: SHORT }),
    }
    this.#incidents = new Incidents(options.runtime)
    options.metrics.readRequests(() => {
      this.#forgetLost()
      return { inProgress: this.#count, oldest: this.#oldest() }
    })
  }

  /** Requests in progress. */
  get count(): number {
    return this.#count
  }

  /** Why a request is to be refused before anything of it is read; `undefined` where it is not. `waited`: at the host, before. */
  refusalOf(kind: RequestKind, waited: Duration = 0): Refusal | undefined {
    if (this.#hosts[kind].isTooLong(waited)) return 'wait'
    const refusal = this.#refusalNow(kind)
    return refusal !== undefined && this.#forgetLost() ? this.#refusalNow(kind) : refusal
  }

  #refusalNow(kind: RequestKind): Refusal | undefined {
    const { limit, judgesWaits = true } = this.#options
    if (this.#count >= (kind === 'event' ? limit : Math.ceil(limit * SHARE_OF_CREATIONS))) return 'limit'
    if (this.#count < FEW || !judgesWaits) {
      this.#isSlow = false
      return undefined
    }
    this.#isSlow = this.#isSlow ? !this.#waits.isAtMost(SHORT) : this.#waits.isLongerThan(LONG)
    return this.#isSlow && this.#count >= Math.max(FEW, this.#waits.rate * WITHIN[kind]) ? 'wait' : undefined
  }

  /** Runs the work of an admitted request, or refuses it. */
  async run<T>(id: SagaId, work: () => Promise<T>): Promise<T | Refusal> {
    const began = this.#options.runtime.monotonic()
    let refusal = this.#refusalBeside(id, began)
    if (refusal !== undefined && this.#forgetLost()) refusal = this.#refusalBeside(id, began)
    if (refusal !== undefined) return this.refused(refusal)
    const ofSaga = this.#sagas.get(id)
    if (ofSaga === undefined) this.#sagas.set(id, [began])
    else ofSaga.push(began)
    if (++this.#count === FEW) this.#waits.begin()
    try {
      return await work()
    } finally {
      this.#ended(id, began)
    }
  }

  /** Again before the work: others may have been admitted while the body was read. */
  #refusalBeside(id: SagaId, now: number): Refusal | undefined {
    if (this.#count >= this.#options.limit) return 'limit'
    const ofSaga = this.#sagas.get(id)
    return ofSaga !== undefined && isTooMuch(ofSaga, now) ? 'saga' : undefined
  }

  /** Counts a refusal: one line in the log until no more are needed. */
  refused(refusal: Refusal): Refusal {
    const fields = { requests: this.#count, limit: this.#options.limit }
    this.#options.metrics.refused(refusal)
    this.#incidents.report({ code: 'request.overload', group: GROUP, kind: refusal, fields })
    return refusal
  }

  #ended(id: SagaId, began: number): void {
    const ofSaga = this.#sagas.get(id)
    const at = ofSaga?.indexOf(began) ?? -1
    if (ofSaga === undefined || at < 0) return // it was taken for lost
    this.#count--
    ofSaga.splice(at, 1)
    if (ofSaga.length === 0) this.#sagas.delete(id)
    this.#waits.ended(began)
    this.#incidents.succeeded(GROUP, 'request.admitted')
  }

  /**
   * Forgets requests that their host ended without a word, as edge hosts do with those whose client went away. True where there were
   * some. Called where a request would be refused: the others cost nothing.
   */
  #forgetLost(): boolean {
    const now = this.#options.runtime.monotonic()
    if (now - this.#lookedAt < LOOK) return false
    this.#lookedAt = now
    const before = this.#count
    for (const [id, ofSaga] of this.#sagas) {
      const kept = ofSaga.filter((began) => now - began <= DEFAULTS.lostRequest)
      if (kept.length === ofSaga.length) continue
      this.#count -= ofSaga.length - kept.length
      if (kept.length === 0) this.#sagas.delete(id)
      else this.#sagas.set(id, kept)
    }
    const lost = before - this.#count
    if (lost > 0) this.#incidents.report({ code: 'request.lost', group: LOST, kind: LOST, fields: { requests: lost } })
    return lost > 0
  }

  /** Milliseconds that the oldest request in progress has waited; 0 without one. */
  #oldest(): Duration {
    const now = this.#options.runtime.monotonic()
    let oldest = now
    for (const [began = now] of this.#sagas.values()) oldest = Math.min(oldest, began)
    return now - oldest
  }
}

const [GROUP, LOST] = ['admission', 'lost requests']

function isTooMuch(ofSaga: readonly number[], now: number): boolean {
  const { length, 0: oldest = now } = ofSaga
  return length >= MOST_OF_SAGA || (length >= FEW_OF_SAGA && now - oldest > LONGEST_OF_SAGA)
}
