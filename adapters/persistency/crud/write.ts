import type { DocumentForm } from '../../../src/codec/document-form.ts'
import type { StoredDocument } from '../../../src/codec/stored-document.ts'
import { documentVerdict, eventWriterOf } from '../../../src/codec/write-verdict.ts'
import type { Change } from '../../../src/engine/change.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import { BatutaError } from '../../../src/errors.ts'
import type { Saved } from '../../../src/ports/persistency.ts'
import type { OutwardAnswer } from '../../../src/ports/runtime.ts'
import type { CrudClient, CrudRequest } from './connect.ts'
import type { CrudCollection } from './collection.ts'
import { basisOf, inForm } from './document.ts'
import type { CrudDocument } from './document.ts'
import { conditionOf, encodeSave } from './encode.ts'
import type { CrudWrite } from './encode.ts'
import { messageIn, unaddressable } from './failure.ts'
import type { CrudReader } from './read.ts'

/** Fields whose type the collection may refuse, one in each answer. */
const LESSONS = 2
/** Times that a write may be refused although, read again, its saga has not changed. */
const TRIES = 3

/**
 * Writes saves, alone and in groups. Each is one atomic operation of the database, conditional on what was read (C6.4).
 */
export class CrudWriter {
  readonly #client: CrudClient
  readonly #reader: CrudReader
  readonly #collection: CrudCollection

  constructor(client: CrudClient, reader: CrudReader, collection: CrudCollection) {
    this.#client = client
    this.#reader = reader
    this.#collection = collection
  }

  /** Encodes a save, or answers the limit that it exceeds (P24). Throws where its id has no address. */
  prepare(change: Change, next: Saga, before: CrudDocument | undefined): CrudWrite | number {
    const form = this.#collection.form(before?.document.form)
    const write = encodeSave({ change, next, before, until: this.#client.until(), form })
    if (typeof write !== 'number' && !this.#reader.isAddressable(change.sagaId)) throw unaddressable(change)
    return write
  }

  /** One save as a plain request; several as one request that answers their number (P20). */
  async patch(writes: readonly CrudWrite[]): Promise<readonly PromiseSettledResult<Saved>[]> {
    const [only] = writes
    if (writes.length === 1 && only !== undefined) return Promise.allSettled([this.#patchOne(only)])
    const until = soonest(writes)
    const request: CrudRequest = { action: 'save sagas', method: 'PATCH', path: 'bulk', until }
    const answer = await this.#send(request, () => `[${writes.map((write) => this.#item(write)).join()}]`)
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

  /** Creations; a group holds only those without a key, which no client repeats (P20). */
  async create(writes: readonly CrudWrite[]): Promise<readonly PromiseSettledResult<Saved>[]> {
    const [only] = writes
    if (writes.length === 1 && only !== undefined) return Promise.allSettled([this.createOne(only)])
    const request: CrudRequest = { action: 'create sagas', method: 'POST', path: 'bulk', until: soonest(writes) }
    const answer = await this.#send(request, () => `[${writes.map((write) => this.#created(write)).join()}]`)
    if (answer.status !== 200 || made(answer) !== writes.length) {
      return Promise.allSettled(writes.map((write) => this.createOne(write)))
    }
    return writes.map((write) => ({ status: 'fulfilled', value: saved(write) }))
  }

  async createOne(write: CrudWrite): Promise<Saved> {
    const { change, until } = write
    const request: CrudRequest = { action: `create the saga ${JSON.stringify(change.sagaId)}`, method: 'POST', until }
    const answer = await this.#send(request, () => this.#created(write), write)
    if (answer.status === 200 && made(answer) === 1) return saved(write)
    if (answer.status !== 409 && answer.status !== 200) throw this.#client.refused(request, answer)
    const found = documentVerdict((await this.#reader.one(change.sagaId, until))?.document, change, undefined)
    if (found === undefined && answer.status === 200) throw this.#client.refused(request, answer)
    // 409 without a document: it exists and is not published.
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
      const answer = await this.#send(request, () => `{"$set":${this.#text(write)}}`, write)
      if (answer.status !== 200) throw this.#client.refused(request, answer)
      if (answer.body === '1') return saved(write)
      const found = await this.#look(write)
      if (found !== undefined) return found
    }
    throw new BatutaError(
      'store-unavailable',
      `${request.action}: refused ${TRIES} times, though no other writer came between`,
    )
  }

  /**
   * Sends writes, and again in another form where the collection refuses the type of a field (C5a): a refusal has written nothing
   * (P6). `write`: the only one, whose form is known.
   */
  async #send(request: CrudRequest, encoded: () => string, write?: CrudWrite): Promise<OutwardAnswer> {
    for (let lesson = 0; ; lesson++) {
      const form = write && this.#form(write)
      const body = encoded()
      const answer = await this.#client.ask({ ...request, body })
      if (answer.status !== 400) return answer
      this.#collection.learn(messageIn(answer.body), form)
      if (lesson === LESSONS || encoded() === body) return answer
    }
  }

  /**
   * The outcome of one save of a group that was not taken whole. Where it landed and other writers followed, it was saved: this
   * process sends its commands. Its basis is outdated, which the next write finds out.
   */
  async #judge(write: CrudWrite): Promise<Saved> {
    const stored = await this.#stored(write)
    if (isIn(stored, write.change)) return saved(write)
    return metBy(write, stored) ?? this.#patchOne(write)
  }

  /** The outcome of a refused write; `undefined` where it may be tried again (P6). */
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

  #text(write: CrudWrite): string {
    return inForm(write, this.#form(write))
  }

  #form({ before }: CrudWrite): DocumentForm {
    return this.#collection.form(before?.form)
  }
}

/** Number of documents that an answer says were created; any other answer with 200 is not the service's. */
function made({ body }: OutwardAnswer): number {
  try {
    const ids = [JSON.parse(body) as unknown].flat() as ({ _id?: unknown } | null)[]
    return ids.filter((one) => one?._id !== undefined).length
  } catch {
    return 0
  }
}

function saved({ kept }: CrudWrite): Saved {
  return { kind: 'saved', basis: basisOf(kept) }
}

function metBy(write: CrudWrite, stored: StoredDocument | undefined): Saved | undefined {
  const found = documentVerdict(stored, write.change, write.before)
  return found && savedAs(found, write)
}

/** True where this very write added the event. */
function isIn(stored: StoredDocument | undefined, { step, writeId }: Change): boolean {
  return (
    stored !== undefined && step !== undefined && eventWriterOf(stored, step.event.id, step.event.label) === writeId
  )
}

function savedAs(found: 'saved' | 'duplicate' | 'conflict', write: CrudWrite): Saved {
  return found === 'saved' ? saved(write) : { kind: found }
}

/** The earliest deadline: no save of a group waits longer than alone. */
function soonest(writes: readonly CrudWrite[]): number {
  return Math.min(...writes.map(({ until }) => until))
}
