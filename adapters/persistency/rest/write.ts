import { opaque } from '../../../src/codec/opaque.ts'
import { encodeStoredDocument } from '../../../src/codec/stored-document.ts'
import type { StoredDocument } from '../../../src/codec/stored-document.ts'
import { bytesOf, fits } from '../../../src/codec/utf8-size.ts'
import { documentVerdict, eventWriterOf } from '../../../src/codec/write-verdict.ts'
import type { Change } from '../../../src/engine/change.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import type { Basis, Saved } from '../../../src/ports/persistency.ts'
import type { RestClient, TaggedDocument } from './connect.ts'
import { encodeBody, writtenEvent } from './document.ts'
import type { AnsweredDocument, BodyToEncode } from './document.ts'

/** Bytes of metadata, and of a document, whose rest is room for owed commands and the history (P24). */
export const METADATA: number = 4 * 1024 * 1024
const DOCUMENT = 4 * METADATA
const CONFLICT: Saved = Object.freeze({ kind: 'conflict' })
/** Most writes of one save that are refused although the saga, read again, has not changed. */
const TRIES = 3

/** The whole document, since the next write sends it again, and its tag in the service. */
const opaqueBasis = opaque<Basis, TaggedDocument>()
/** Seals the document that was read, with its tag, into a basis. */
export const basisOf: (own: TaggedDocument) => Basis = opaqueBasis.seal

/** A change, and the document it was made from; absent at a creation. */
interface RestAttempt {
  readonly change: Change
  readonly before: StoredDocument | undefined
}

/** Writes saves, conditional on tags where the service has them. */
export class RestWriter {
  readonly #client: RestClient

  constructor(client: RestClient) {
    this.#client = client
  }

  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    const given = basis === 'absent' ? undefined : opaqueBasis.open(basis)
    const before = given?.document
    if (before !== undefined && isIn(before, change)) return { kind: 'duplicate' }
    if (given?.lacksHistory === true) return this.#giveHistory(given, change)
    const isStep = change.step !== undefined
    const document = encodeStoredDocument(change, next, before)
    const body = encodeBody({ document, before: given, isStep })
    const most = largest(body, next)
    if (most !== undefined) return { kind: 'too-large', limit: most }
    const attempt = { change, before }

    for (let tries = 1, last = given; ; tries++) {
      if (tries > 1 || last?.tag === undefined) {
        const refused = last?.tag
        last = await this.#client.read(change.sagaId) // the stored document tells why
        const found = outcomeOf(last, refused, attempt)
        if (found !== undefined) return found
      }
      const put = await this.#client.put(change.sagaId, body, conditionOf(last))
      if (put.kind === 'taken') {
        const ours = { ...written({ document, before: given, isStep }), tag: put.tag }
        if (put.tag !== undefined || last?.tag === undefined) return savedAs(ours)
        const found = await this.#readBack(ours, attempt)
        if (found !== undefined) return found
      }
      if (put.kind === 'too-large') return { kind: 'too-large', limit: bytesOf(body) - 1 }
      if (tries === TRIES) throw this.#client.never(change.sagaId, put.status)
    }
  }

  /**
   * Gives a document without a history (versions 1.x of Flow Manager) an empty one and reads it back, before anything depends on
   * it: a service that keeps no history would keep no outbox either. The caller then reads the saga again.
   */
  async #giveHistory(given: TaggedDocument, { sagaId, writeId }: Change): Promise<Saved> {
    const last = given.tag === undefined ? await this.#client.read(sagaId) : given
    if (last?.lacksHistory !== true || last.document.currentState !== given.document.currentState) return CONFLICT
    const history = { ...given.document.history, writeId: `${writeId}/history`, length: 0 }
    const body = encodeBody({ document: { ...given.document, history }, before: given, isStep: false })
    const put = await this.#client.put(sagaId, body, conditionOf(given))
    if (put.kind === 'too-large') return { kind: 'too-large', limit: bytesOf(body) - 1 }
    const now = await this.#client.read(sagaId)
    if (now?.lacksHistory === true) throw this.#client.never(sagaId, put.status)
    return CONFLICT
  }

  /**
   * A service with tags that answers a write without one may tag reads only; or a gateway answered 200 in its place. So the
   * write counts once it is read back (I1).
   */
  async #readBack(ours: TaggedDocument, { change, before }: RestAttempt): Promise<Saved | undefined> {
    const now = await this.#client.read(change.sagaId)
    if (now !== undefined && documentVerdict(now.document, change, before) === 'saved') return savedAs(now)
    const { step, writeId } = change
    const writer = now && step && eventWriterOf(now.document, step.event.id, step.event.label)
    return writer === writeId ? savedAs(ours) : undefined // a later write followed ours
  }
}

/** The limit that this saga exceeds (P24); `undefined` where it fits. Small bodies are decided by their size alone. */
function largest(body: string, { metadata }: Saga): number | undefined {
  if (fits(body, METADATA)) return undefined
  if (!fits(JSON.stringify(metadata), METADATA)) return METADATA
  return fits(body, DOCUMENT) ? undefined : DOCUMENT
}

/**
 * The outcome that a read shows, before a write without a tag or after a refused one; `undefined` where the write may be tried
 * (P6).
 */
function outcomeOf(
  last: TaggedDocument | undefined,
  refused: string | undefined,
  { change, before }: RestAttempt,
): Saved | undefined {
  const found = documentVerdict(last?.document, change, before)
  if (found === 'saved') return savedAs(last as TaggedDocument)
  if (found !== undefined) return { kind: found }
  // The tag changed but our keys did not: Flow Manager or an operator wrote.
  return refused === undefined || last?.tag === refused ? undefined : { kind: 'conflict' }
}

/** The document that a write leaves, as a read would answer it. */
function written(body: BodyToEncode): AnsweredDocument {
  const { document, before } = body
  const latestEvent = writtenEvent(body)
  const form = { ...before?.document.form, latestEvent: typeof latestEvent === 'string' ? 'string' : 'object' } as const
  const hidesEntity = before?.hidesEntity ?? false
  return { document: { ...document, form }, hidesEntity, lacksHistory: false, latestEvent }
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
