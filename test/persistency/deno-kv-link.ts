import type { KvAtomic, KvEntry, KvKey, Kv, KvSelector } from '../../adapters/persistency/deno-kv/kv.ts'
import type { Loss } from '../../testing/contract/faults/link.ts'

/** Wraps Deno's key-value store and breaks its calls as a link may. */
export class LinkToKv implements Kv {
  readonly #kv: Kv
  #lost: Loss | undefined
  #thawed: Promise<void> | undefined
  #thaw = (): void => undefined
  #isRefused = false
  #delay = 0

  constructor(kv: Kv) {
    this.#kv = kv
  }

  /** Fate of the next commit. */
  lose(what: Loss): void {
    this.#lost = what
  }

  freeze(): void {
    this.#thawed = new Promise((resolve) => (this.#thaw = resolve))
  }

  thaw(): void {
    this.#thaw()
    this.#thawed = undefined
  }

  refuse(): void {
    this.#isRefused = true
  }

  accept(): void {
    this.#isRefused = false
  }

  slow(ms: number): void {
    this.#delay = ms
  }

  async getMany(keys: readonly KvKey[]): Promise<readonly KvEntry[]> {
    await this.#pass()
    return this.#kv.getMany(keys)
  }

  async *list(
    ...given: [KvSelector, { readonly limit?: number; readonly batchSize?: number }?]
  ): AsyncIterable<KvEntry> {
    await this.#pass()
    yield* this.#kv.list(...given)
  }

  atomic(): KvAtomic {
    const atomic = this.#kv.atomic()
    const sent: KvAtomic = {
      check: (...checks) => (atomic.check(...checks), sent),
      set: (key, value) => (atomic.set(key, value), sent),
      delete: (key) => (atomic.delete(key), sent),
      commit: () => this.#commit(atomic),
    }
    return sent
  }

  close(): void {
    this.#kv.close()
  }

  async #commit(atomic: KvAtomic): ReturnType<KvAtomic['commit']> {
    const lost = this.#lost
    this.#lost = undefined
    await this.#pass()
    if (lost === 'request') throw new Error('the line broke on the way there')
    const done = await atomic.commit()
    if (lost === 'answer') throw new Error('the line broke on the way back')
    return done
  }

  async #pass(): Promise<void> {
    if (this.#isRefused) throw new Error('the connection was refused')
    if (this.#delay > 0) await new Promise((resolve) => setTimeout(resolve, this.#delay))
    await this.#thawed
  }
}
