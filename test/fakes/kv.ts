import type { KvAtomic, KvCheck, KvEntry, KvKey, Kv } from '../../adapters/persistency/deno-kv/kv.ts'

/** The fate of the next commit; `silent`: it never ends. */
export type KvTrouble = 'before' | 'after' | 'locked' | 'silent'

/** Deno's key-value store in memory, as far as ours asks it, with lines that break where a test says so. */
export interface FakeKv extends Kv {
  readonly commits: number
  trouble(...plan: (KvTrouble | undefined)[]): void
}

export function fakeKv(): FakeKv {
  return new InMemory()
}

type Value = Uint8Array | string
const ABSENT = { value: null, versionstamp: null }

class InMemory implements FakeKv {
  commits = 0
  readonly #entries = new Map<string, KvEntry>()
  readonly #plan: (KvTrouble | undefined)[] = []

  trouble(...plan: (KvTrouble | undefined)[]): void {
    this.#plan.push(...plan)
  }

  async getMany(keys: readonly KvKey[]): Promise<readonly KvEntry[]> {
    if (keys.length > 10) throw new TypeError('Too many ranges (max 10)')
    return keys.map((key) => this.#entries.get(JSON.stringify(key)) ?? { key, ...ABSENT })
  }

  async *list(): AsyncIterable<KvEntry> {
    yield* []
    throw new Error('the fake does not list')
  }

  atomic(): KvAtomic {
    const checks: KvCheck[] = []
    const sets: (readonly [KvKey, Value | undefined])[] = []
    const atomic: KvAtomic = {
      check: (...more) => (checks.push(...more), atomic),
      set: (key, value) => (sets.push([key, value]), atomic),
      delete: (key) => (sets.push([key, undefined]), atomic),
      commit: () => this.#commit(checks, sets),
    }
    return atomic
  }

  close(): void {
    this.#entries.clear()
  }

  async #commit(checks: readonly KvCheck[], sets: readonly (readonly [KvKey, Value | undefined])[]) {
    const trouble = this.#plan.shift()
    await new Promise((resolve) => setTimeout(resolve, 1))
    if (trouble === 'silent') await new Promise(() => undefined)
    if (trouble === 'before') throw new Error('the line broke on the way there')
    if (trouble === 'locked') throw new Error('database is locked')
    this.commits++
    const stamp = (key: KvKey) => this.#entries.get(JSON.stringify(key))?.versionstamp ?? null
    if (checks.some(({ key, versionstamp }) => stamp(key) !== versionstamp)) return { ok: false } as const
    const versionstamp = String(this.commits).padStart(20, '0')
    for (const [key, value] of sets) {
      if (value === undefined) this.#entries.delete(JSON.stringify(key))
      else this.#entries.set(JSON.stringify(key), { key, value, versionstamp })
    }
    if (trouble === 'after') throw new Error('the line broke on the way back')
    return { ok: true, versionstamp } as const
  }
}
