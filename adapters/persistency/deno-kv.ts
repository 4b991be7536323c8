import { encodeDocument } from '../../src/codec/document.ts'
import type { SagaDocument } from '../../src/codec/document.ts'
import { decodeHistory as historyOf } from '../../src/codec/history-row.ts'
import { writeVerdict } from '../../src/codec/write-verdict.ts'
import type { Change, EventId, Instant, Saga, SagaId } from '../../src/engine/saga.ts'
import { BatutaError, reasonOf, unreadableSaga } from '../../src/errors.ts'
import type { Health } from '../../src/ports/health.ts'
import type {
  Basis,
  Capabilities,
  DuePlace,
  Loaded,
  PassOver,
  Persistency,
  Saved,
} from '../../src/ports/persistency.ts'
import { KvWriter } from './deno-kv/write.ts'
import { afterKey, idOf, isKey, KEYS, until } from './deno-kv/keys.ts'
import { asked, committed, getAll, isThere, LARGEST_VALUE, listed } from './deno-kv/kv.ts'
import type { Kv } from './deno-kv/kv.ts'
import { pageOf } from './deno-kv/list.ts'
import { makeFile, KvFileWatch } from './deno-kv/file-watch.ts'
import type { DenoFiles } from './deno-kv/file-watch.ts'
import { removeFinal } from './deno-kv/removal.ts'
import { basisOf, decodeHistory, loadedOf, writerOf } from './deno-kv/rows.ts'
import { encodeSave } from './deno-kv/encode.ts'

/** The part of `Deno` that the store uses; `openKv` needs `--unstable-kv`, or Deno Deploy. */
declare const Deno: ({ openKv?(path?: string): Promise<Kv> } & DenoFiles) | undefined

export interface DenoKvOptions {
  /** Path of the file; absent: the database of the app on Deno Deploy. */
  readonly path?: string | undefined
  /** Called for sagas that cannot be read. */
  readonly passOver?: PassOver | undefined
}

/**
 * Opens a store in Deno KV. A file and its folder are created where they are missing. Throws `store-unusable` without
 * `Deno.openKv`, `store-unavailable` where it does not open.
 */
export async function openDenoKv({ path, passOver }: DenoKvOptions): Promise<Persistency> {
  const host = typeof Deno === 'undefined' ? undefined : Deno
  const where = `open the store "deno-kv"${path === undefined ? '' : ` at "${path}"`}`
  if (host?.openKv === undefined) {
    throw new BatutaError('store-unusable', `${where}: found no Deno.openKv, expected Deno with --unstable-kv`)
  }
  try {
    if (path === undefined || !isFile(path)) return denoKvPersistency(await host.openKv(path), passOver)
    await makeFile(host, path)
    const kv = await host.openKv(path)
    await touch(kv)
    return denoKvPersistency(kv, passOver, new KvFileWatch(host, path))
  } catch (thrown) {
    const why = reasonOf(thrown)
    throw new BatutaError('store-unavailable', `${where}: ${why}; ${advice(why, path)}`, thrown)
  }
}

/** True for a path; a URL and `:memory:` are not. */
function isFile(path: string): boolean {
  return !/^https?:/.test(path) && path !== ':memory:'
}

function advice(why: string, path: string | undefined): string {
  if (path === undefined) return 'is there a Deno KV database for this app?'
  if (/^https?:/.test(path)) return 'are the URL and DENO_KV_ACCESS_TOKEN right?'
  if (why.includes('not a database')) return 'is the path that of a file which Deno KV made, or of none yet?'
  return 'may this process make a file there, and does --allow-write let Deno?'
}

/** A store over an open Deno KV, which the store closes. */
export function denoKvPersistency(kv: Kv, passOver: PassOver = () => undefined, place?: KvFileWatch): Persistency {
  return new DenoKvPersistency(kv, passOver, place)
}

/** Bytes of metadata that always fit: the next step writes them into the head's debt (P5, P24). */
const METADATA = LARGEST_VALUE - 4_096

class DenoKvPersistency implements Persistency {
  readonly name = 'deno-kv'
  readonly can: Capabilities = {
    compareAndSet: 'always',
    shared: true,
    growth: 'append',
    recovery: { by: 'sweep', findDue: (...asked) => this.#sure(this.#findDue(...asked)) },
    list: { page: (query) => this.#sure(pageOf(this.#kv, query, this.#passOver)) },
    removal: { removeFinal: (before, limit) => this.#sure(removeFinal(this.#kv, before, limit)) },
    adoption: false,
    limit: METADATA,
  }
  readonly #opened: Kv
  readonly #writer: KvWriter
  readonly #passOver: PassOver
  readonly #place: KvFileWatch | undefined
  /** Instant of the last write probe. A write costs a sync of the disk, and probes are open to everybody. */
  #written = Number.NEGATIVE_INFINITY
  #open = true

  constructor(kv: Kv, passOver: PassOver, place: KvFileWatch | undefined) {
    this.#opened = kv
    this.#writer = new KvWriter(kv)
    this.#passOver = passOver
    this.#place = place
  }

  /** No answer leaves after the file was replaced (I1). */
  async #sure<T>(asked: Promise<T>): Promise<T> {
    const answer = await asked
    this.#place?.check()
    return answer
  }

  get #kv(): Kv {
    if (!this.#open) throw new BatutaError('store-unavailable', CLOSED)
    return this.#opened
  }

  async load(id: SagaId): Promise<Loaded | undefined> {
    const kv = this.#kv
    if (!isKey(KEYS.metadata(id))) return undefined
    const [head, metadata] = await this.#sure(getAll(kv, [KEYS.head(id), KEYS.metadata(id)], 2))
    const read = loadedOf(id, head, metadata)
    if (read === undefined || read.ok) return read?.value
    this.#passOver(id, read.why)
    throw unreadableSaga(this.name, id, read.why)
  }

  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    const kv = this.#kv
    const write = encodeSave(change, next, basis)
    if ('limit' in write) return { kind: 'too-large', limit: write.limit }
    // Creations by key go alone: a repeat of one would fail its group (P20).
    const alone = basis === 'absent' && next.fingerprint !== undefined
    const versionstamp = await this.#sure(asked('commit', () => this.#writer.commit(write, alone)))
    if (versionstamp !== undefined) return { kind: 'saved', basis: basisOf(versionstamp, next) }
    return met(kv, change, next, basis)
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    const kv = this.#kv
    const key = KEYS.event(id, event, label)
    if (!isKey(key)) return false
    const [entry] = await this.#sure(getAll(kv, [key]))
    return isThere(entry)
  }

  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const loaded = await this.load(id)
    if (loaded === undefined) return undefined
    // The head is read first; later steps are left out.
    const history = await listed(this.#kv, { prefix: KEYS.history(id) }, loaded.saga.length)
    try {
      return encodeDocument(loaded.saga, historyOf(history.map((entry) => decodeHistory(entry))))
    } catch {
      throw unreadableSaga(this.name, id, 'its history is damaged')
    }
  }

  /** Reads, and writes keys of no saga in every index: a full disk can still be read. */
  async probe(): Promise<Health> {
    try {
      const kv = this.#kv
      await getAll(kv, [KEYS.saga('probe')])
      if (performance.now() - this.#written >= AT_MOST_EVERY) await touch(kv)
      this.#written = performance.now()
      this.#place?.check()
      return { ok: true, hasWritten: true }
    } catch (thrown) {
      return { ok: false, why: reasonOf(thrown) }
    }
  }

  async close(): Promise<void> {
    if (this.#open) this.#opened.close()
    this.#open = false
  }

  async #findDue(now: Instant, limit: number, after?: DuePlace): Promise<readonly Loaded[]> {
    const found: Loaded[] = []
    const all = until('due', now, true)
    let selector = after === undefined ? all : afterKey(KEYS.due(after.due, after.id), all)
    while (found.length < limit) {
      const asked = limit - found.length
      const keys = (await listed(this.#kv, selector, asked)).map(({ key }) => key)
      found.push(...(await this.#readable(keys.map(idOf), now)))
      const last = keys.at(-1)
      if (last === undefined || keys.length < asked) break
      selector = afterKey(last, selector)
    }
    return found
  }

  /** Reads heads and metadata; unreadable sagas are skipped and counted for nothing. */
  async #readable(ids: readonly SagaId[], now: Instant): Promise<Loaded[]> {
    const keys = ids.flatMap((id) => [KEYS.head(id), KEYS.metadata(id)])
    const entries = await getAll(this.#kv, keys, 2)
    return ids.flatMap((id, at) => {
      const read = loadedOf(id, entries[2 * at], entries[2 * at + 1])
      if (read?.ok === false) this.#passOver(id, read.why)
      // Some may have been written since the index was read.
      return read?.ok === true && (read.value.saga.due ?? Infinity) <= now ? [read.value] : []
    })
  }
}

const AT_MOST_EVERY = 1_000

/** Sets and deletes the probe's keys in one commit, so that no reader sees them. */
async function touch(kv: Kv): Promise<void> {
  const keys = [KEYS.head(PROBE), KEYS.due(0, PROBE), KEYS.final(0, PROBE), KEYS.created(0, PROBE)]
  const atomic = kv.atomic()
  for (const key of keys) atomic.set(key, PROBE)
  for (const key of keys) atomic.delete(key)
  await committed(atomic)
}

/** Not a saga's id: those are not empty. */
const PROBE = ''

const CLOSED = 'the store "deno-kv" is closed'

/** The outcome of a commit that was not taken (P6). */
async function met(kv: Kv, change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
  const { sagaId: id, step } = change
  const keys = [KEYS.head(id), ...(step === undefined ? [] : [KEYS.event(id, step.event.id, step.event.label)])]
  const [head, event] = await getAll(kv, keys, 2)
  if (!isThere(head)) return { kind: 'conflict' }
  const eventWriter = isThere(event) ? String(event.value) : undefined
  const condition = basis === 'absent' ? 'absent' : 'outdated'
  const verdict = writeVerdict(change, condition, { newest: writerOf(head), event: eventWriter })
  return verdict === 'saved'
    ? { kind: 'saved', basis: basisOf(head.versionstamp, next) }
    : { kind: verdict ?? 'conflict' }
}
