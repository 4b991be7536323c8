import { DEFAULTS } from '../../defaults.ts'
import type { SagaId } from '../../engine/saga.ts'
import { reasonOf } from '../../errors.ts'
import type { Health } from '../../ports/health.ts'
import type { Persistency } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import { atMost } from '../deadline.ts'

/** Options of `StoreOutage`. */
export interface StoreOutageOptions {
  readonly persistency: Pick<Persistency, 'probe' | 'name'>
  readonly runtime: Runtime
  /** Called at the beginning of an outage. */
  readonly onBegin: () => void
}

/** Tells an outage of the store, which every event waits out, from one saga that cannot be written (P20). */
export class StoreOutage {
  readonly #options: StoreOutageOptions
  #nextProbe: Promise<void> | undefined
  #lastWritten = Number.NEGATIVE_INFINITY
  #lastFailure: { readonly sagaId: SagaId; readonly at: number } | undefined

  constructor(options: StoreOutageOptions) {
    this.#options = options
  }

  /** During an outage: resolves after the next probe, so that a waiting event can see whether it is still wanted. */
  get nextProbe(): Promise<void> | undefined {
    return this.#nextProbe
  }

  /** Monotonic instant of the last saga that was written. */
  get lastWritten(): number {
    return this.#lastWritten
  }

  /** A saga was written. An answer that writes nothing does not count: it shows that the store can be read. */
  written(): void {
    this.#lastWritten = this.#options.runtime.monotonic()
  }

  /**
   * True if a failure of this saga, begun at a monotonic instant, is an outage: the probe fails, or another saga failed
   * meanwhile and none was written. An outage begins with that.
   */
  async isCauseOf(sagaId: SagaId, begun: number): Promise<boolean> {
    const failure = this.#lastFailure
    const haveAllFailed =
      failure !== undefined && failure.sagaId !== sagaId && failure.at >= begun && this.#lastWritten < begun
    this.#lastFailure = { sagaId, at: this.#options.runtime.monotonic() }
    const why = haveAllFailed ? 'no saga can be written' : await this.#probe()
    if (why === undefined) return false
    if (this.#nextProbe === undefined) this.#begin(why)
    return true
  }

  #begin(why: string): void {
    const { persistency, runtime, onBegin } = this.#options
    onBegin()
    runtime.log.write('store.away', { store: persistency.name, why })
    this.#nextProbe = this.#probeLater()
  }

  async #probeLater(): Promise<void> {
    const { persistency, runtime } = this.#options
    await new Promise<void>((resolve) => runtime.after(DEFAULTS.outageProbe, resolve))
    if ((await this.#probe()) !== undefined) {
      this.#nextProbe = this.#probeLater()
      return
    }
    this.#nextProbe = undefined
    runtime.log.write('store.back', { store: persistency.name })
  }

  /** The reason why the store is away; `undefined` where it answers. */
  async #probe(): Promise<string | undefined> {
    const { persistency, runtime } = this.#options
    let health: Health = { ok: false, why: `no answer within ${DEFAULTS.answer} ms` }
    const probing = persistency.probe().then((answer) => (health = answer))
    try {
      await atMost(runtime, DEFAULTS.answer, probing)
      return health.ok ? undefined : health.why
    } catch (thrown) {
      return reasonOf(thrown)
    }
  }
}
