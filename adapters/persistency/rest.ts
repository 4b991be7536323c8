import type { SagaDocument } from '../../src/codec/document.ts'
import { opaque } from '../../src/codec/opaque.ts'
import { bytesOf, fits } from '../../src/codec/utf8-size.ts'
import { documentVerdict, eventWriterOf } from '../../src/codec/write-verdict.ts'
import { encodeStoredDocument, headOf, shownOf } from '../../src/codec/stored-document.ts'
import type { StoredDocument } from '../../src/codec/stored-document.ts'
import type { Change, EventId, Saga, SagaId } from '../../src/engine/saga.ts'
import { BatutaError } from '../../src/errors.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, Persistency, Saved } from '../../src/ports/persistency.ts'
import type { Fetch } from '../../src/ports/runtime.ts'
import { RestClient } from './rest/connect.ts'
import type { TaggedDocument, RestPersistencySettings } from './rest/connect.ts'
import { encodeBody } from './rest/document.ts'

/** Opens a store behind the two routes of Flow Manager's REST protocol (C6.1): one document a saga. */
export function restPersistency(settings: RestPersistencySettings, fetch: Fetch): Persistency {
  return new RestPersistency(new RestClient(settings, fetch))
}

/** Bytes of metadata, and of a document, whose rest is room for owed commands and the history (P24). */
const METADATA = 4 * 1024 * 1024
const DOCUMENT = 4 * METADATA
/** Most writes of one save that are refused although the saga, read again, has not changed. */
const TRIES = 3

/**
 * Where the service answers strong tags, every write is conditional and the last answer is the basis of the next one. Without
 * tags each write reads and compares first, and between the two the last writer wins (P17).
 */
class RestPersistency implements Persistency {
  readonly name = 'rest'
  readonly can: Capabilities = {
    compareAndSet: 'when-tagged',
    shared: true,
    growth: 'document',
    recovery: { by: 'redelivery' },
    list: false,
    removal: false,
    adoption: false,
    limit: METADATA,
  }
  readonly #service: RestClient
  #open = true

  constructor(service: RestClient) {
    this.#service = service
  }

  async load(id: SagaId): Promise<Loaded | undefined> {
    const kept = await this.#read(id)
    return kept && { saga: headOf(kept.document), basis: basisOf(kept) }
  }

  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    this.#mustBeOpen()
    const given = basis === 'absent' ? undefined : documentIn(basis)
    const before = given?.document
    if (before !== undefined && isIn(before, change)) return { kind: 'duplicate' }
    const document = encodeStoredDocument(change, next, before)
    const body = encodeBody(document, given)
    const most = largest(body, next)
    if (most !== undefined) return { kind: 'too-large', limit: most }

    for (let tries = 1, last = given; ; tries++) {
      if (tries > 1 || last?.tag === undefined) {
        const refused = last?.tag
        last = await this.#read(change.sagaId) // the stored document tells why
        const found = verdict(last, refused, change, before)
        if (found !== undefined) return found
      }
      const put = await this.#service.put(change.sagaId, body, conditionOf(last))
      if (put.kind === 'taken') {
        const ours = { document, hidesEntity: given?.hidesEntity ?? false, tag: put.tag }
        if (put.tag !== undefined || last?.tag === undefined) return savedAs(ours)
        const found = await this.#found(ours, change, before)
        if (found !== undefined) return found
      }
      if (put.kind === 'too-large') return { kind: 'too-large', limit: bytesOf(body) - 1 }
      if (tries === TRIES) throw this.#service.never(change.sagaId, put.status)
    }
  }

  /**
   * A service with tags that answers a write without one may tag reads only; or a gateway answered 200 in its place. So the
   * write counts once it is read back (I1).
   */
  async #found(ours: TaggedDocument, change: Change, before: StoredDocument | undefined): Promise<Saved | undefined> {
    const now = await this.#read(change.sagaId)
    if (now !== undefined && documentVerdict(now.document, change, before) === 'saved') return savedAs(now)
    const { step, writeId } = change
    const writer = now && step && eventWriterOf(now.document, step.event.id, step.event.label)
    return writer === writeId ? savedAs(ours) : undefined // a later write followed ours
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    const kept = await this.#read(id)
    return kept !== undefined && eventWriterOf(kept.document, event, label) !== undefined
  }

  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const kept = await this.#read(id)
    return kept && shownOf(kept.document)
  }

  async probe(): Promise<Health> {
    return this.#open ? this.#service.probe() : { ok: false, why: CLOSED }
  }

  async close(): Promise<void> {
    this.#open = false
  }

  async #read(id: SagaId): Promise<TaggedDocument | undefined> {
    this.#mustBeOpen()
    return this.#service.read(id)
  }

  #mustBeOpen(): void {
    if (!this.#open) throw new BatutaError('store-unavailable', CLOSED)
  }
}

const CLOSED = 'the store "rest" is closed'

/** The limit that this saga exceeds (P24); `undefined` where it fits. Small bodies are decided by their size alone. */
function largest(body: string, { metadata }: Saga): number | undefined {
  if (fits(body, METADATA)) return undefined
  if (!fits(JSON.stringify(metadata), METADATA)) return METADATA
  return fits(body, DOCUMENT) ? undefined : DOCUMENT
}

/** The whole document, since the next write sends it again, and its tag in the service. */
const { seal: basisOf, open: documentIn } = opaque<Basis, TaggedDocument>()

/**
 * The outcome that a read shows, before a write without a tag or after a refused one; `undefined` where the write may be tried
 * (P6).
 */
function verdict(
  last: TaggedDocument | undefined,
  refused: string | undefined,
  change: Change,
  before: StoredDocument | undefined,
): Saved | undefined {
  const found = documentVerdict(last?.document, change, before)
  if (found === 'saved') return savedAs(last as TaggedDocument)
  if (found !== undefined) return { kind: found }
  // The tag changed but our keys did not: Flow Manager or an operator wrote.
  return refused === undefined || last?.tag === refused ? undefined : { kind: 'conflict' }
}

function savedAs(kept: TaggedDocument): Saved {
  const saved: Saved = { kind: 'saved', basis: basisOf(kept) }
  return kept.tag === undefined ? { ...saved, isUnguarded: true } : saved
}

function conditionOf(last: TaggedDocument | undefined): Readonly<Record<string, string>> {
  if (last === undefined) return { 'if-none-match': '*' }
  return last.tag === undefined ? {} : { 'if-match': last.tag }
}

/** True where the basis's history has the event already; later writers' events are not in it (P7). */
function isIn(before: StoredDocument, { step }: Change): boolean {
  return step !== undefined && eventWriterOf(before, step.event.id, step.event.label) !== undefined
}
