import { encodeDocument } from '../../src/codec/document.ts'
import type { SagaDocument } from '../../src/codec/document.ts'
import { decodeHistory as historyOf } from '../../src/codec/passage.ts'
import type { Change, EventId, Instant, Saga, SagaId } from '../../src/engine/saga.ts'
import { BatutaError, messageOf } from '../../src/errors.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, DuePlace, Loaded, Persistency, Saved } from '../../src/ports/persistency.ts'
import { Group } from './deno-kv/group.ts'
import { dueUntil, idOf, isKey, KEYS } from './deno-kv/keys.ts'
import { asked, getAll, isThere, LARGEST_VALUE, listed } from './deno-kv/kv.ts'
import type { Kv } from './deno-kv/kv.ts'
import { pageOf } from './deno-kv/list.ts'
import { removeFinal } from './deno-kv/removal.ts'
import { basisOf, decodeHistory, loadedOf, writerOf } from './deno-kv/rows.ts'
import { writeOf } from './deno-kv/write.ts'

/** The part of `Deno` that we use; `openKv` is there with `--unstable-kv`, and on Deno Deploy. */
declare const Deno:
  | { openKv?(path?: string): Promise<Kv>; mkdir(path: string, options: { recursive: boolean }): Promise<void> }
  | undefined

export interface DenoKvOptions {
  /** Of the file; absent: what Deno Deploy lends. */
  readonly path?: string | undefined
}

/** Opens Deno's own key-value store; the folder of its file is made where it is missing. */
export async function openDenoKv({ path }: DenoKvOptions): Promise<Persistency> {
  const host = typeof Deno === 'undefined' ? undefined : Deno
  const where = `open the store "deno-kv"${path === undefined ? '' : ` at "${path}"`}`
  if (host?.openKv === undefined) {
    throw new BatutaError('store-unusable', `${where}: found no Deno.openKv, expected Deno with --unstable-kv`)
  }
  try {
    const folder = path === undefined ? undefined : folderOf(path)
    if (folder !== undefined) await host.mkdir(folder, { recursive: true })
    return denoKvPersistency(await host.openKv(path))
  } catch (thrown) {
    const why = messageOf(thrown)
    throw new BatutaError('store-unavailable', `${where}: ${why}; ${advice(why, path)}`, thrown)
  }
}

/** A database that is reached by its URL is in no folder, nor is a file that is named without one. */
function folderOf(path: string): string | undefined {
  const [, folder] = /^(.+)[/\\][^/\\]*$/.exec(path) ?? []
  return /^https?:/.test(path) ? undefined : folder
}

function advice(why: string, path: string | undefined): string {
  if (path === undefined) return 'is there a Deno KV database for this app?'
  if (/^https?:/.test(path)) return 'are the URL and DENO_KV_ACCESS_TOKEN right?'
  if (why.includes('not a database')) return 'is the path that of a file which Deno KV made, or of none yet?'
  return 'may this process make a file there, and does --allow-write let Deno?'
}

/** Keeps sagas in a key-value store that is open already, and closes it. */
export function denoKvPersistency(kv: Kv): Persistency {
  return new DenoKvPersistency(kv)
}

/** Bytes of metadata that surely fit: the next step writes them out beside everything else of the head (P5, P24). */
const METADATA = LARGEST_VALUE - 4_096

class DenoKvPersistency implements Persistency {
  readonly name = 'deno-kv'
  readonly can: Capabilities = {
    compareAndSet: 'always',
    shared: true,
    growth: 'append',
    recovery: { by: 'sweep', findDue: (...asked) => this.#findDue(...asked) },
    list: { page: (query) => pageOf(this.#kv, query) },
    removal: { removeFinal: (before, limit) => removeFinal(this.#kv, before, limit) },
    adoption: false,
    limit: METADATA,
  }
  readonly #opened: Kv
  readonly #group: Group
  #open = true

  constructor(kv: Kv) {
    this.#opened = kv
    this.#group = new Group(kv)
  }

  get #kv(): Kv {
    if (!this.#open) throw new BatutaError('store-unavailable', CLOSED)
    return this.#opened
  }

  async load(id: SagaId): Promise<Loaded | undefined> {
    const kv = this.#kv
    if (!isKey(KEYS.metadata(id))) return undefined
    const [head, metadata] = await getAll(kv, [KEYS.head(id), KEYS.metadata(id)], 2)
    return loadedOf(id, head, metadata)
  }

  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    const kv = this.#kv
    const write = writeOf(change, next, basis)
    if ('limit' in write) return { kind: 'too-large', limit: write.limit }
    // A creation by key meets its repeat sooner than others: it would spoil the group (P20).
    const alone = basis === 'absent' && next.fingerprint !== undefined
    const versionstamp = await asked('commit', () => this.#group.commit(write, alone))
    if (versionstamp !== undefined) return { kind: 'saved', basis: basisOf(versionstamp, next) }
    return met(kv, change, next, basis)
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    const kv = this.#kv
    const key = KEYS.event(id, event, label)
    if (!isKey(key)) return false
    const [entry] = await getAll(kv, [key])
    return isThere(entry)
  }

  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const loaded = await this.load(id)
    if (loaded === undefined) return undefined
    // The head first: of what came after it, nothing is shown.
    const history = await listed(this.#kv, { prefix: KEYS.history(id) }, loaded.saga.length)
    return encodeDocument(loaded.saga, historyOf(history.map((entry) => decodeHistory(entry))))
  }

  async probe(): Promise<Health> {
    try {
      await getAll(this.#kv, [KEYS.saga('probe')])
      return { ok: true }
    } catch (thrown) {
      return { ok: false, why: messageOf(thrown) }
    }
  }

  async close(): Promise<void> {
    if (this.#open) this.#opened.close()
    this.#open = false
  }

  async #findDue(now: Instant, limit: number, after?: DuePlace): Promise<readonly Loaded[]> {
    const kv = this.#kv
    const ids = (await listed(kv, dueUntil(now, after), limit)).map(({ key }) => idOf(key))
    const keys = ids.flatMap((id) => [KEYS.head(id), KEYS.metadata(id)])
    const entries = await getAll(kv, keys, 2)
    const found = ids.map((id, at) => loadedOf(id, entries[2 * at], entries[2 * at + 1]))
    // Some may have been written since the index was read.
    return found.filter((loaded) => loaded !== undefined && (loaded.saga.due ?? Infinity) <= now) as Loaded[]
  }
}

const CLOSED = 'the store "deno-kv" is closed'

/** What a commit met that was not taken: its own write, its own event, or somebody else's (P6). */
async function met(kv: Kv, change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
  const { sagaId: id, step, writeId } = change
  const keys = [KEYS.head(id), ...(step === undefined ? [] : [KEYS.event(id, step.event.id, step.event.label)])]
  const [head, event] = await getAll(kv, keys, 2)
  if (!isThere(head)) return { kind: 'conflict' }
  if (writerOf(head) === writeId) return { kind: 'saved', basis: basisOf(head.versionstamp, next) }
  // Another creation of the same saga is for its caller to compare with, not a duplicate (P2, P8).
  const isIn = isThere(event) && (basis !== 'absent' || event.value === writeId)
  return { kind: isIn ? 'duplicate' : 'conflict' }
}
