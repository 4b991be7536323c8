import { setTimeout as sleep } from 'node:timers/promises'
import { call } from '../../services/client.ts'

/** A creation that was answered with 200. */
export interface CreatedSaga {
  readonly n: number
  readonly sagaId: string
}

export interface SagaLoadOptions {
  /** The address of a service; asked before each try where there are several. */
  readonly url: () => string
  /** The request that creates the n-th saga. */
  readonly bodyOf: (n: number) => object
  /** Time without progress, while all processes work, after which a saga counts as stuck. */
  readonly still: number
  /** Most milliseconds until all sagas are final; a busy machine makes progress slowly. */
  readonly longest: number
  readonly ending: AbortSignal
}

/** Wait between two tries of a creation, so that clients without an answer do not keep the machine busy. */
const AGAIN = 200
/** Wait between two looks at the open sagas. */
const LOOK = 100
/** Number of sagas that are created at the same moment. */
const BURST = 25

/** Clients that create sagas in bursts, and repeat each request until it is answered. */
export class SagaLoad {
  readonly created: CreatedSaga[] = []
  /** Tries without an answer, or with a retryable one. */
  repeats = 0
  readonly #options: SagaLoadOptions
  #begun = Promise.withResolvers<void>()
  #next = 0

  constructor(options: SagaLoadOptions) {
    this.#options = options
  }

  /** Resolves when all sagas have their ids. */
  async create(sagas: number, seconds: number): Promise<void> {
    const begun = performance.now()
    const creations = Array.from({ length: sagas }, async (_, index) => {
      const n = this.#next++
      const at = begun + (Math.floor(index / BURST) * BURST * seconds * 1_000) / sagas
      await sleep(Math.max(0, at - performance.now()), undefined, { signal: this.#options.ending })
      this.#begun.resolve()
      this.#begun = Promise.withResolvers()
      this.created.push({ n, sagaId: await this.#one(n) })
    })
    await Promise.all(creations)
  }

  /** Resolves when the next creation was sent. */
  next(): Promise<void> {
    return this.#begun.promise
  }

  /** Waits until all sagas are final. Resolves with those that make no progress although `areWell` is true. */
  async settle(areWell: () => boolean): Promise<readonly string[]> {
    const { still, longest, ending } = this.#options
    let seen = ''
    const begun = performance.now()
    let since = begun
    for (;;) {
      const open = await this.#open()
      if (open?.length === 0) return []
      const now = JSON.stringify(open)
      if (now !== seen || !areWell()) since = performance.now()
      seen = now
      const stood = performance.now() - since
      if (stood > still && open !== undefined) return open.map(({ sagaId }) => sagaId)
      if (performance.now() - begun > longest)
        throw new Error(
          `settle a load: found ${open?.length} open sagas after ${longest} ms, ${stood} ms without progress`,
        )
      await sleep(LOOK, undefined, { signal: ending })
    }
  }

  async #one(n: number): Promise<string> {
    const { url, bodyOf, ending } = this.#options
    const request = { body: bodyOf(n), headers: { 'idempotency-key': `load/${n}` } }
    for (;;) {
      const answer = await call(`${url()}/saga`, request, ending).catch(() => undefined)
      if (answer?.status === 200) return (answer.json as { sagaId: string }).sagaId
      if (answer !== undefined && answer.status < 500)
        throw new Error(`create saga ${n}: ${answer.status} ${answer.text}`)
      this.repeats++
      await sleep(AGAIN, undefined, { signal: ending })
    }
  }

  /** Some sagas that are not final. */
  async #open(): Promise<readonly { readonly sagaId: string }[] | undefined> {
    const { url, ending } = this.#options
    const answer = await call(`${url()}/sagas?isFinal=false&limit=200`, {}, ending).catch(() => undefined)
    if (answer?.status !== 200) return undefined
    const { items } = answer.json as { items: { sagaId: string; currentState: string }[] }
    return items.map(({ sagaId, currentState }) => ({ sagaId, currentState }))
  }
}
