import { documentVerdict, revisionOf, eventWriterOf } from '../../../src/codec/write-verdict.ts'
import { encodeStoredDocument } from '../../../src/codec/stored-document.ts'
import type { StoredDocument } from '../../../src/codec/stored-document.ts'
import type { Change, Saga } from '../../../src/engine/saga.ts'
import { BatutaError } from '../../../src/errors.ts'
import type { OutwardAnswer } from '../../../src/ports/runtime.ts'
import type { Saved } from '../../../src/ports/persistency.ts'
import { basisOf, encode } from './document.ts'
import type { EncodedCrudDocument, CrudDocument } from './document.ts'
import type { CrudReader } from './read.ts'
import { broken } from './size.ts'
import type { CrudRequest, CrudClient } from './connect.ts'

/** One save, ready to be sent. */
export interface CrudWrite extends EncodedCrudDocument {
  /** When its caller must have an answer (`performance.now()`). */
  readonly until: number
  readonly change: Change
  readonly before: StoredDocument | undefined
}

/** Times that a write may be refused although, read again, nothing stands against it. */
const TRIES = 3

/** Writes, alone and in groups. Each is one atomic operation of the database, conditional on what was read (C6.4). */
export class CrudWriter {
  readonly #wire: CrudClient
  readonly #reader: CrudReader
  /** Whether the collection's field refuses business ids that are words: then the history alone has them. */
  #hasNumbersOnly = false

  constructor(wire: CrudClient, reader: CrudReader) {
    this.#wire = wire
    this.#reader = reader
  }

  /** A limit that would be broken, or what is to be sent (P24). */
  prepare(change: Change, next: Saga, before: CrudDocument | undefined): CrudWrite | number {
    const isStep = change.step !== undefined
    const document = encodeStoredDocument(change, next, before?.document)
    const encoded = encode(document, before, isStep)
    const whole = isStep ? encoded.fields : { ...encoded.fields, metadata: document.metadata }
    const limit = broken(encoded.text, whole, isStep ? next.metadata : undefined)
    if (limit !== undefined) return limit
    if (!this.#reader.isAddressable(change.sagaId)) throw unsendable(change)
    return { ...encoded, change, before: before?.document, until: this.#wire.until() }
  }

  /** Alone, as a plain request; together, as one whose answer is their number (P20). */
  async patch(writes: readonly CrudWrite[]): Promise<readonly PromiseSettledResult<Saved>[]> {
    const [only] = writes
    if (writes.length === 1 && only !== undefined) return Promise.allSettled([this.#patchOne(only)])
    const until = soonest(writes)
    const body = `[${writes.map((write) => this.#item(write)).join()}]`
    const answer = await this.#wire.ask({ action: 'save sagas', method: 'PATCH', path: 'bulk', body, until })
    if (answer.status !== 200) return Promise.allSettled(writes.map((write) => this.#patchOne(write)))
    if (answer.body === String(writes.length))
      return writes.map((write) => ({ status: 'fulfilled', value: saved(write) }))
    const writers = await this.#reader.writers(
      writes.map(({ change }) => change.sagaId),
      until,
    )
    const isNewest = ({ change }: CrudWrite) => writers.get(change.sagaId) === change.writeId
    return Promise.allSettled(writes.map(async (write) => (isNewest(write) ? saved(write) : this.#judge(write))))
  }

  /** Creations; in a group only those that nobody may repeat under the same key (P20). */
  async create(writes: readonly CrudWrite[]): Promise<readonly PromiseSettledResult<Saved>[]> {
    const [only] = writes
    if (writes.length === 1 && only !== undefined) return Promise.allSettled([this.createOne(only)])
    const body = `[${writes.map((write) => this.#created(write)).join()}]`
    const request: CrudRequest = { action: 'create sagas', method: 'POST', path: 'bulk', body, until: soonest(writes) }
    const answer = await this.#wire.ask(request)
    if (answer.status !== 200 || made(answer) !== writes.length) {
      return Promise.allSettled(writes.map((write) => this.createOne(write)))
    }
    return writes.map((write) => ({ status: 'fulfilled', value: saved(write) }))
  }

  async createOne(write: CrudWrite): Promise<Saved> {
    const { change, until } = write
    const request: CrudRequest = { action: `create the saga ${JSON.stringify(change.sagaId)}`, method: 'POST', until }
    const answer = await this.#send(
      write,
      (body) => ({ ...request, body }),
      (sent) => this.#created(sent),
    )
    if (answer.status === 200 && made(answer) === 1) return saved(write)
    if (answer.status !== 409 && answer.status !== 200) throw this.#wire.refused(request, answer)
    const found = documentVerdict((await this.#reader.one(change.sagaId, until))?.document, change, undefined)
    if (found === undefined && answer.status === 200) throw this.#wire.refused(request, answer)
    // 409 and nothing to be read: it is there and not published.
    return savedAs(found ?? 'conflict', write)
  }

  async #patchOne(write: CrudWrite): Promise<Saved> {
    const { change, until } = write
    const query = { sagaId: change.sagaId, _q: conditionOf(write) }
    const request: CrudRequest = {
      action: `save the saga ${JSON.stringify(change.sagaId)}`,
      method: 'PATCH',
      query,
      until,
    }
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await this.#send(
        write,
        (body) => ({ ...request, body }),
        (sent) => `{"$set":${this.#text(sent)}}`,
      )
      if (answer.status !== 200) throw this.#wire.refused(request, answer)
      if (answer.body === '1') return saved(write)
      const found = await this.#look(write)
      if (found !== undefined) return found
    }
    throw new BatutaError(
      'store-unavailable',
      `${request.action}: refused ${TRIES} times, though nobody else has written`,
    )
  }

  /** Sends a write, and once more without its business id where the collection has no room for that. */
  async #send(
    write: CrudWrite,
    request: (body: string) => CrudRequest,
    encoded: (write: CrudWrite) => string,
  ): Promise<OutwardAnswer> {
    const sent = encoded(write)
    const answer = await this.#wire.ask(request(sent))
    if (answer.status !== 400 || !answer.body.includes('businessStateId')) return answer
    this.#hasNumbersOnly = true
    const less = encoded(write)
    return less === sent ? answer : this.#wire.ask(request(less))
  }

  /**
   * After a group that was not taken whole: what became of this one. Where it is in, and others have gone on since, it was saved:
   * its commands are this process's to send. The basis is then an old one, and the next write finds that out.
   */
  async #judge(write: CrudWrite): Promise<Saved> {
    const stored = await this.#stored(write)
    if (isIn(stored, write.change)) return saved(write)
    return metBy(write, stored) ?? this.#patchOne(write)
  }

  /** What a write that was not taken has met; nothing where it may be tried again (P6). */
  async #look(write: CrudWrite): Promise<Saved | undefined> {
    return metBy(write, await this.#stored(write))
  }

  async #stored({ change, until }: CrudWrite): Promise<StoredDocument | undefined> {
    return (await this.#reader.one(change.sagaId, until))?.document
  }

  #item(write: CrudWrite): string {
    const filter = JSON.stringify({ sagaId: write.change.sagaId, _q: conditionOf(write) })
    return `{"filter":${filter},"update":{"$set":${this.#text(write)}}}`
  }

  #created(write: CrudWrite): string {
    return `{"sagaId":${JSON.stringify(write.change.sagaId)},${this.#text(write).slice(1)}`
  }

  #text({ fields, text }: CrudWrite): string {
    const isRefused = this.#hasNumbersOnly && typeof fields.businessStateId === 'string'
    return isRefused ? JSON.stringify({ ...fields, businessStateId: null }) : text
  }
}

/** How many documents an answer says were created; whatever else answers 200 is not the service. */
function made({ body }: OutwardAnswer): number {
  try {
    const ids = [JSON.parse(body) as unknown].flat() as ({ _id?: unknown } | null)[]
    return ids.filter((one) => one?._id !== undefined).length
  } catch {
    return 0
  }
}

/** The last write is still the one that was read, and nobody has added an event past it. */
function conditionOf({ before }: CrudWrite): string {
  if (before === undefined) throw new TypeError('condition of a creation: it has none')
  const { history } = before
  const revision = revisionOf(before)
  const length = { 'history.events': { $size: history.events.length } }
  const writer = { 'history.writeId': 'writeId' in revision ? revision.writeId : null }
  // A document of the reference may have no list at all where it could have an empty one.
  if (history.events.length === 0) return JSON.stringify({ ...writer, $or: [length, { 'history.events': null }] })
  return JSON.stringify({ ...writer, ...length })
}

function saved({ kept }: CrudWrite): Saved {
  return { kind: 'saved', basis: basisOf(kept) }
}

function metBy(write: CrudWrite, stored: StoredDocument | undefined): Saved | undefined {
  const found = documentVerdict(stored, write.change, write.before)
  return found && savedAs(found, write)
}

/** Whether the event stands in the history by this very write. */
function isIn(stored: StoredDocument | undefined, { step, writeId }: Change): boolean {
  return (
    stored !== undefined && step !== undefined && eventWriterOf(stored, step.event.id, step.event.label) === writeId
  )
}

function savedAs(found: 'saved' | 'duplicate' | 'conflict', write: CrudWrite): Saved {
  return found === 'saved' ? saved(write) : { kind: found }
}

/** Nobody waits longer than its own time-out, whoever it goes with. */
function soonest(writes: readonly CrudWrite[]): number {
  return Math.min(...writes.map(({ until }) => until))
}

function unsendable({ sagaId }: Change): BatutaError {
  const what = 'this id does not fit into an address, or has no spelling in UTF-8'
  return new BatutaError('store-unusable', `save the saga ${JSON.stringify(sagaId.slice(0, 200))}: ${what}`)
}
