import { committed } from './kv.ts'
import type { Kv } from './kv.ts'
import { addTo } from './encode.ts'
import type { KvWrite } from './encode.ts'

/** Checks that a commit may have wherever Deno KV runs, and bytes of its values: a fraction of what it takes. */
const CHECKS = 10
const BYTES = 400_000

interface Waiting {
  readonly write: KvWrite
  readonly bytes: number
  readonly resolve: (versionstamp: Promise<string | undefined>) => void
}

/**
 * Writes that come while a commit is under way go into the next one together. One that is not taken, or of unknown fate, is
 * repeated write by write before any verdict (P20): each of them brings its own condition.
 */
export class KvGroupCommit {
  readonly #kv: Kv
  #waiting: Waiting[] = []
  #committing = false

  constructor(kv: Kv) {
    this.#kv = kv
  }

  /** The versionstamp, or nothing where a condition does not hold. `alone`: in a commit of its own. */
  commit(write: KvWrite, alone: boolean): Promise<string | undefined> {
    if (alone || !this.#committing) return this.#first(write, alone)
    return new Promise((resolve) => this.#waiting.push({ write, bytes: sizeOf(write), resolve }))
  }

  async #first(write: KvWrite, alone: boolean): Promise<string | undefined> {
    if (alone) return this.#commit([write])
    this.#committing = true
    return this.#commit([write]).finally(() => void this.#next())
  }

  async #next(): Promise<void> {
    for (let group = this.#take(); group.length > 0; group = this.#take()) await this.#commitAll(group)
    this.#committing = false
  }

  async #commitAll(group: readonly Waiting[]): Promise<void> {
    const versionstamp = await this.#commit(group.map(({ write }) => write)).catch(() => undefined)
    if (versionstamp !== undefined) for (const { resolve } of group) resolve(Promise.resolve(versionstamp))
    else await Promise.allSettled(group.map((one) => this.#alone(one)))
  }

  #alone({ write, resolve }: Waiting): Promise<unknown> {
    const committed = this.#commit([write])
    resolve(committed)
    return committed
  }

  async #commit(writes: readonly KvWrite[]): Promise<string | undefined> {
    const atomic = writes.reduce((atomic, write) => addTo(atomic, write), this.#kv.atomic())
    const done = await committed(atomic)
    return done.ok ? done.versionstamp : undefined
  }

  /** As many as fit, no saga twice: two writes of one saga are rivals. */
  #take(): Waiting[] {
    const group: Waiting[] = []
    const left: Waiting[] = []
    const heads = new Set<string>()
    let checks = 0
    let bytes = 0
    for (const one of this.#waiting) {
      const head = String(one.write.checks[0]?.key.at(2))
      checks += one.write.checks.length
      bytes += one.bytes
      const fits = checks <= CHECKS && (bytes <= BYTES || group.length === 0)
      if (fits && !heads.has(head)) group.push(one)
      else left.push(one)
      heads.add(head)
    }
    this.#waiting = left
    return group
  }
}

function sizeOf({ sets }: KvWrite): number {
  return sets.reduce((sum, [, value]) => sum + value.length, 0)
}
