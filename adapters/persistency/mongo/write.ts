import type { AnyBulkWriteOperation, Document } from 'mongodb'
import { writeVerdict } from '../../../src/codec/write-verdict.ts'
import type { SagaId, WriteId } from '../../../src/engine/saga.ts'
import type { Saved } from '../../../src/ports/persistency.ts'
import type { MongoConnection } from './connect.ts'
import { isDuplicateKey, isTimeout, limitOf, requestFailure, verdictsOf } from './failure.ts'
import { basisOf } from './encode.ts'
import type { MongoWrite } from './encode.ts'

const CONFLICT: Saved = Object.freeze({ kind: 'conflict' })
const DUPLICATE: Saved = Object.freeze({ kind: 'duplicate' })

/** Result or failure of one save in a group. */
export type SettledSave = PromiseSettledResult<Saved>

/** Sends writes and finds the outcome of each. */
export class MongoWriter {
  readonly #connection: MongoConnection

  constructor(connection: MongoConnection) {
    this.#connection = connection
  }

  /** A no-op write, as durable as others: no saga has an empty id. */
  async nothing(): Promise<void> {
    await this.#connection.sagas.updateOne({ sagaId: '', 'history.writeId': '' }, { $set: { isFinal: false } })
  }

  async one(write: MongoWrite): Promise<Saved> {
    const { place } = this.#connection
    try {
      return await this.#ask(write)
    } catch (thrown) {
      const limit = limitOf(thrown)
      if (limit !== undefined) return { kind: 'too-large', limit }
      throw requestFailure('save to', place, thrown)
    }
  }

  /** Sends a group in one request. One bad write does not fail the others (P20). */
  async group(writes: readonly MongoWrite[]): Promise<readonly SettledSave[]> {
    const [first] = writes
    if (writes.length === 1 && first !== undefined) return Promise.allSettled([this.one(first)])
    try {
      const { matchedCount } = await this.#connection.sagas.bulkWrite(writes.map(operation), { ordered: false })
      return await this.#told(writes, new Map(), matchedCount)
    } catch (thrown) {
      const verdicts = verdictsOf(thrown)
      const { result } = (thrown ?? {}) as { result?: { matchedCount?: number } }
      if (verdicts !== undefined) return this.#told(writes, verdicts, result?.matchedCount ?? 0)
      if (isTimeout(thrown)) return writes.map(() => ({ status: 'rejected', reason: this.#failure(thrown) }))
      return this.#oneByOne(writes)
    }
  }

  async #ask(write: MongoWrite): Promise<Saved> {
    const { sagas } = this.#connection
    if (write.kind === 'update') {
      const { matchedCount } = await sagas.updateOne(write.filter, write.update)
      return matchedCount === 1 ? saved(write) : this.#verdict(write)
    }
    try {
      await sagas.insertOne(write.document)
      return saved(write)
    } catch (thrown) {
      if (isDuplicateKey(thrown)) return this.#verdict(write, thrown)
      throw thrown
    }
  }

  #oneByOne(writes: readonly MongoWrite[]): Promise<readonly SettledSave[]> {
    return Promise.allSettled(writes.map((write) => this.one(write)))
  }

  /** The outcome of each: where as many updates matched as were not refused, all landed; else the store is asked. */
  async #told(writes: readonly MongoWrite[], refused: RefusedWrites, matched: number): Promise<readonly SettledSave[]> {
    const updates = writes.filter(({ kind }, at) => kind === 'update' && !refused.has(at))
    const landed = updates.length === matched ? undefined : await this.#landed(updates)
    return Promise.allSettled(
      writes.map(async (write, at) => {
        const error = refused.get(at)
        const limit = error && limitOf(error)
        if (limit !== undefined) return { kind: 'too-large', limit }
        if (error !== undefined) return this.one(write)
        if (write.kind === 'create' || landed === undefined || landed.has(write.change.writeId)) return saved(write)
        return this.#overtaken(write).catch((thrown: unknown) => Promise.reject(this.#failure(thrown)))
      }),
    )
  }

  /** Newest write ids of these sagas: of two writes of one saga in a group, one landed. */
  async #landed(writes: readonly MongoWrite[]): Promise<ReadonlySet<unknown>> {
    const { sagas, durable } = this.#connection
    const ids = [...new Set(writes.map(({ change }) => change.sagaId))]
    const projection = { _id: 0, 'history.writeId': 1 }
    try {
      const found = await sagas.find({ sagaId: { $in: ids } }, { projection, ...durable.many() }).toArray()
      return new Set(found.map(({ history }) => (history as Document | undefined)?.['writeId']))
    } catch {
      return new Set() // then each is looked up by itself
    }
  }

  /** A write that is not the newest of its saga: refused, or landed and followed by another process's. */
  async #overtaken(write: MongoWrite): Promise<Saved> {
    const verdict = await this.#verdict(write)
    const { sagaId, writeId, step } = write.change
    if (verdict.kind !== 'duplicate' || step === undefined) return verdict
    const { id, label: event } = step.event
    return (await this.#holds(sagaId, { id, event, writeId })) ? saved(write) : verdict
  }

  /** The outcome of a write that was not taken (P2, P6, I4). */
  async #verdict(write: MongoWrite, refused?: unknown): Promise<Saved> {
    const { sagas, durable } = this.#connection
    const { sagaId, writeId } = write.change
    const options = { projection: { _id: 0, 'history.writeId': 1 }, ...durable.one() }
    const stored = await sagas.findOne({ sagaId }, options)
    // Refused although the saga does not exist: by another unique index, or the saga is gone by now.
    if (stored === null && refused !== undefined) throw refused
    if (stored === null) return CONFLICT
    const { writeId: newest = null } = (stored['history'] ?? {}) as { writeId?: WriteId | null }
    const event = newest === writeId ? undefined : await this.#eventWriterOf(write)
    const condition = write.kind === 'create' ? 'absent' : 'outdated'
    const verdict = writeVerdict({ writeId }, condition, { newest, event })
    if (verdict === 'saved') return saved(write)
    return verdict === 'duplicate' ? DUPLICATE : CONFLICT
  }

  /**
   * The write that added this write's event to the history, as far as a verdict depends on it: by any write for an update (`null`),
   * by this very write for a creation.
   */
  async #eventWriterOf({ kind, change: { sagaId, step, writeId } }: MongoWrite): Promise<WriteId | null | undefined> {
    if (step === undefined) return undefined
    const { id, label: event } = step.event
    const isOwnOnly = kind === 'create'
    const isApplied = await this.#holds(sagaId, { id, event, ...(isOwnOnly && { writeId }) })
    return isApplied ? (isOwnOnly ? writeId : null) : undefined
  }

  /** True if an entry with these fields is among the saga's events. */
  async #holds(sagaId: SagaId, entry: Document): Promise<boolean> {
    const { sagas, durable } = this.#connection
    const holding = { sagaId, 'history.events': { $elemMatch: entry } }
    return (await sagas.findOne(holding, { projection: { _id: 1 }, ...durable.one() })) !== null
  }

  #failure(thrown: unknown): Error {
    return requestFailure('save to', this.#connection.place, thrown)
  }
}

type RefusedWrites = ReadonlyMap<number, { readonly code: number }>

function saved({ after }: MongoWrite): Saved {
  return { kind: 'saved', basis: basisOf(after) }
}

function operation(write: MongoWrite): AnyBulkWriteOperation {
  if (write.kind === 'create') return { insertOne: { document: write.document } }
  return { updateOne: { filter: write.filter, update: write.update } }
}
