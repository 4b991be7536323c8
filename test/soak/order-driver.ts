import { setTimeout as sleep } from 'node:timers/promises'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { LedgerFile } from '../../testing/ledger/ledger-file.ts'
import type { AcknowledgedCreation } from '../../testing/checker/ledger-problems.ts'
import { sideBySide } from '../../testing/load/run-saga.ts'
import { call, insist } from '../services/client.ts'

/** A line of the driver's ledger. */
type DriverEntry =
  | { readonly kind: 'asked'; readonly n: number }
  | ({ readonly kind: 'created' } & AcknowledgedCreation)

export interface OrderDriverOptions {
  readonly url: () => string
  /** Path of the ledger. */
  readonly ledger: string
  /** Part of the idempotency keys, the same for no other run on one store. */
  readonly run: string
  /** Sagas in flight. */
  readonly lanes: number
  /** Milliseconds of a lane between two sagas. */
  readonly pause: number
}

/** A saga that was seen in its final state. */
export interface EndedSaga {
  /** Instants of its first request and of the answer that showed the end. */
  readonly from: number
  readonly to: number
}

/** One creation in this many is aborted after some milliseconds and repeated; one in as many is repeated after its answer. */
const [IMPATIENT, REPEATED] = [20, 15]
const IMPATIENCE = 10
/** Seconds for which one request waits for the end of a saga. */
const WAIT = 5
const BETWEEN = 100

/** Creates orders by key, one after the other in each lane, and waits until each has ended. */
export class OrderDriver {
  readonly created: AcknowledgedCreation[] = []
  readonly ended: EndedSaga[] = []
  readonly #open = new Set<string>()
  /** Statuses of 500 and above with which creations were refused → how often. */
  readonly refusals: Map<number, number> = new Map<number, number>()
  readonly #options: OrderDriverOptions
  readonly #ledger: LedgerFile<DriverEntry>
  #next = 0
  #isStopped = false
  readonly #aborted = new AbortController()

  constructor(options: OrderDriverOptions) {
    this.#options = options
    this.#ledger = new LedgerFile(options.ledger)
  }

  /** Ids of the created sagas whose end was not seen yet, oldest first. */
  get open(): readonly string[] {
    return [...this.#open]
  }

  /** Resolves after `stop`, when every saga has ended; rejects after `abort`. */
  async run(): Promise<void> {
    await sideBySide(this.#options.lanes, async () => {
      await this.#lead(this.#next++)
      if (!this.#isStopped) await sleep(this.#options.pause)
      return !this.#isStopped
    })
    this.#ledger.close()
  }

  /** No more sagas are created. */
  stop(): void {
    this.#isStopped = true
  }

  /** Nothing is waited for any more. */
  abort(): void {
    this.#isStopped = true
    this.#aborted.abort()
  }

  async #lead(n: number): Promise<void> {
    const from = Date.now()
    const sagaId = await this.#create(n)
    this.#open.add(sagaId)
    for (;;) {
      const answer = await call(`${this.#options.url()}/sagas/${sagaId}?wait=${WAIT}`).catch(() => undefined)
      const { isFinal } = (answer?.json ?? {}) as Partial<SagaDocument>
      if (isFinal === true) return this.#end(sagaId, from)
      if (answer?.status !== 200) await sleep(BETWEEN, undefined, { signal: this.#aborted.signal })
      this.#aborted.signal.throwIfAborted()
    }
  }

  #end(sagaId: string, from: number): void {
    this.#open.delete(sagaId)
    this.ended.push({ from, to: Date.now() })
  }

  async #create(n: number): Promise<string> {
    const { url, run } = this.#options
    const body = { associatedEntityId: `order-${n}`, metadata: { n } }
    const request = { headers: { 'idempotency-key': `${run}/${n}` }, body }
    const door = () => `${url()}/saga`
    this.#ledger.append({ kind: 'asked', n })
    if (n % IMPATIENT === 0) await call(door(), request, AbortSignal.timeout(IMPATIENCE)).catch(() => undefined)
    const ask = () => insist(door, request, this.#aborted.signal)
    const sagaId = await this.#created(n, ask)
    if (n % REPEATED === 0) await this.#created(n, ask)
    return sagaId
  }

  async #created(n: number, ask: () => ReturnType<typeof insist>): Promise<string> {
    const { answer, refusals } = await ask()
    for (const status of refusals) this.refusals.set(status, (this.refusals.get(status) ?? 0) + 1)
    const { sagaId } = (answer.json ?? {}) as { sagaId?: string }
    if (sagaId === undefined) {
      throw new Error(`create the order ${n}: expected 200 and an id, found ${answer.status} ${answer.text}`)
    }
    const creation = { n, sagaId }
    this.#ledger.append({ kind: 'created', ...creation })
    this.created.push(creation)
    return sagaId
  }
}
