import { findDueInOrder, findOwingInOrder } from '../../src/codec/find-due.ts'
import type { FindInOrder } from '../../src/codec/find-due.ts'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import type { Change } from '../../src/engine/change.ts'
import type { EventId, Saga, SagaId } from '../../src/engine/saga.ts'
import { BatutaError, reasonOf } from '../../src/errors.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, PassOver, Persistency, Saved } from '../../src/ports/persistency.ts'
import { KvDue } from './deno-kv/due.ts'
import { encodeSave } from './deno-kv/encode.ts'
import { KvFileWatch, makeFile } from './deno-kv/file-watch.ts'
import type { DenoFiles } from './deno-kv/file-watch.ts'
import { asked, LARGEST_VALUE } from './deno-kv/kv.ts'
import type { Kv } from './deno-kv/kv.ts'
import { pageOf } from './deno-kv/list.ts'
import { KvProbe, touch } from './deno-kv/probe.ts'
import { KvReader } from './deno-kv/read.ts'
import { KvRecords } from './deno-kv/records.ts'
import { removeFinal } from './deno-kv/removal.ts'
import { basisOf } from './deno-kv/rows.ts'
import { KvWriter } from './deno-kv/write.ts'

/** The part of `Deno` that the store uses; `openKv` needs `--unstable-kv`, or Deno Deploy. */
declare const Deno: ({ openKv?(path?: string): Promise<Kv> } & DenoFiles) | undefined

/** Options of `openDenoKv`. */
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
  if (why.includes('not a database')) return 'expected a file made by Deno KV, or none'
  return 'may this process create a file there, and does --allow-write permit it?'
}

/** A store over an open Deno KV, which the store closes. */
export function denoKvPersistency(kv: Kv, passOver: PassOver = () => undefined, fileWatch?: KvFileWatch): Persistency {
  return new DenoKvPersistency(kv, passOver, fileWatch)
}

/** Bytes of metadata that always fit: the next step writes them into the head's debt (P5, P24). */
const METADATA = LARGEST_VALUE - 4_096

class DenoKvPersistency implements Persistency {
  readonly name = 'deno-kv'
  readonly can: Capabilities
  readonly #kv: Kv
  readonly #reader: KvReader
  readonly #writer: KvWriter
  readonly #probe: KvProbe
  readonly #fileWatch: KvFileWatch | undefined
  #open = true

  constructor(kv: Kv, passOver: PassOver, fileWatch: KvFileWatch | undefined) {
    const due = new KvDue(kv, passOver)
    const records = new KvRecords(kv)
    this.#kv = kv
    this.#reader = new KvReader(kv, passOver)
    this.#writer = new KvWriter(kv)
    this.#probe = new KvProbe(kv)
    this.#fileWatch = fileWatch
    const find: FindInOrder<Loaded> = (...asked) => due.find(...asked)
    this.can = {
      compareAndSet: 'always',
      shared: true,
      growth: 'append',
      recovery: {
        by: 'sweep',
        findDue: (now, limit, after) => this.#sure(() => findDueInOrder(find, { now, limit, after })),
        findOwing: (limit, after) => this.#sure(() => findOwingInOrder(find, limit, after)),
      },
      list: { page: (query) => this.#sure(() => pageOf(kv, query, passOver)) },
      removal: { removeFinal: (before, limit) => this.#sure(() => removeFinal(kv, before, limit)) },
      counts: false,
      records: {
        read: (key) => this.#sure(() => records.read(key)),
        write: (...given) => this.#sure(() => records.write(...given)),
        keys: (...asked) => this.#sure(() => records.keys(...asked)),
        remove: (key) => this.#sure(() => records.remove(key)),
      },
      adoption: false,
      limit: METADATA,
    }
  }

  load(id: SagaId): Promise<Loaded | undefined> {
    return this.#sure(() => this.#reader.head(id))
  }

  save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    return this.#sure(async () => {
      const write = encodeSave(change, next, basis)
      if ('limit' in write) return { kind: 'too-large', limit: write.limit }
      // Creations by key go alone: a repeat of one would fail its group (P20).
      const isAlone = basis === 'absent' && next.fingerprint !== undefined
      const versionstamp = await asked('commit', () => this.#writer.commit(write, isAlone))
      if (versionstamp === undefined) return this.#writer.verdict({ change, next, basis })
      return { kind: 'saved', basis: basisOf(versionstamp, next) }
    })
  }

  applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    return this.#sure(() => this.#reader.applied(id, event, label))
  }

  document(id: SagaId): Promise<SagaDocument | undefined> {
    return this.#sure(() => this.#reader.document(id))
  }

  async probe(): Promise<Health> {
    try {
      await this.#sure(() => this.#probe.ask())
      return { ok: true, hasWritten: true }
    } catch (thrown) {
      return { ok: false, why: reasonOf(thrown) }
    }
  }

  async close(): Promise<void> {
    if (this.#open) this.#kv.close()
    this.#open = false
  }

  /** No answer leaves after the file was replaced (I1). */
  async #sure<T>(ask: () => Promise<T>): Promise<T> {
    if (!this.#open) throw new BatutaError('store-unavailable', CLOSED)
    const answer = await ask()
    this.#fileWatch?.check()
    return answer
  }
}

const CLOSED = 'the store "deno-kv" is closed'
