import { writeVerdict } from '../../../src/codec/write-verdict.ts'
import type { Change } from '../../../src/engine/change.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import { GroupCommit } from '../../../src/group-commit.ts'
import { addTo } from './encode.ts'
import type { KvWrite } from './encode.ts'
import type { Basis, Saved } from '../../../src/ports/persistency.ts'
import { KEYS } from './keys.ts'
import { committed, getAll, isThere } from './kv.ts'
import type { Kv } from './kv.ts'
import { basisOf, writerOf } from './rows.ts'

/** Checks of one commit that Deno KV takes wherever it runs, and bytes of its values: a fraction of what it takes. */
const CHECKS = 10
const BYTES = 400_000

/** Arguments of a save. */
export interface KvSave {
  readonly change: Change
  readonly next: Saga
  readonly basis: Basis | 'absent'
}

/** Versionstamp of a commit; `undefined` where one of its conditions does not hold. */
type Versionstamp = string | undefined

/** A write of a group, answered as soon as its own fate is known. */
interface GroupedWrite {
  readonly write: KvWrite
  readonly answer: (versionstamp: Versionstamp | Promise<Versionstamp>) => void
}

/** Writes saves, grouped: those that come while a commit is in flight share the next one. */
export class KvWriter {
  readonly #kv: Kv
  readonly #group: GroupCommit<GroupedWrite, Versionstamp>

  constructor(kv: Kv) {
    this.#kv = kv
    this.#group = new GroupCommit({
      send: (writes) => this.#commitAll(writes),
      soon: (flush) => flush(),
      lanes: 1,
      most: CHECKS,
      weight: { of: ({ write }) => weightOf(write), most: BYTES },
      rivalKey: ({ write }) => sagaOf(write),
      now: () => performance.now(),
      lapsed: () => undefined,
    })
  }

  /** `isAlone`: in a commit of its own, which waits for no other. */
  commit(write: KvWrite, isAlone: boolean): Promise<Versionstamp> {
    if (isAlone) return this.#commit([write])
    return new Promise((answer, fail) => void this.#group.add({ write, answer }).catch(fail))
  }

  /**
   * A group that is not taken, or of unknown fate, is repeated write by write: each has its own condition, and none waits for
   * the answer of another (P20).
   */
  async #commitAll(group: readonly GroupedWrite[]): Promise<readonly PromiseSettledResult<Versionstamp>[]> {
    const versionstamp = group.length > 1 ? await this.#commit(writesOf(group)).catch(() => undefined) : undefined
    const committed = group.map(({ write, answer }) => {
      const own = versionstamp === undefined ? this.#commit([write]) : Promise.resolve(versionstamp)
      answer(own)
      return own
    })
    return Promise.allSettled(committed)
  }

  /** The outcome of a commit that was not taken (P6). */
  async verdict({ change, next, basis }: KvSave): Promise<Saved> {
    const { sagaId: id, step } = change
    const keys = [KEYS.head(id), ...(step === undefined ? [] : [KEYS.event(id, step.event.id, step.event.label)])]
    const [head, event] = await getAll(this.#kv, keys, 2)
    if (!isThere(head)) return { kind: 'conflict' }
    const stored = { newest: writerOf(head), event: isThere(event) ? String(event.value) : undefined }
    const verdict = writeVerdict(change, basis === 'absent' ? 'absent' : 'outdated', stored)
    if (verdict === 'saved') return { kind: 'saved', basis: basisOf(head.versionstamp, next) }
    return { kind: verdict ?? 'conflict' }
  }

  async #commit(writes: readonly KvWrite[]): Promise<Versionstamp> {
    const atomic = writes.reduce((all, write) => addTo(all, write), this.#kv.atomic())
    const done = await committed(atomic)
    return done.ok ? done.versionstamp : undefined
  }
}

/** Bytes of the values; a check weighs a share of a full group. */
function weightOf({ checks, sets }: KvWrite): number {
  const bytes = sets.reduce((sum, [, value]) => sum + value.length, 0)
  return Math.max(bytes, (checks.length * BYTES) / CHECKS)
}

function writesOf(group: readonly GroupedWrite[]): readonly KvWrite[] {
  return group.map(({ write }) => write)
}

function sagaOf({ checks }: KvWrite): unknown {
  return checks[0]?.key.at(2)
}
