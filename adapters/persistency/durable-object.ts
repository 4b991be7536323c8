import { encodeDocument } from '../../src/codec/encode-document.ts'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { encodeHead, encodeMetadata, readHead, RELEASED } from '../../src/codec/head.ts'
import type { HeadRow } from '../../src/codec/head.ts'
import { decodeHistory } from '../../src/codec/history-row.ts'
import type { HistoryRow } from '../../src/codec/history-row.ts'
import { writeVerdict } from '../../src/codec/write-verdict.ts'
import { fits } from '../../src/codec/utf8-size.ts'
import type { Change } from '../../src/engine/change.ts'
import type { EventId, Instant, Saga, SagaId } from '../../src/engine/saga.ts'
import { BatutaError, reasonOf, unreadableSaga } from '../../src/errors.ts'
import type { Health } from '../../src/ports/health.ts'
import type { Basis, Capabilities, Loaded, Saved } from '../../src/ports/persistency.ts'
import { AT_ONCE } from './durable-object/object-persistency.ts'
import type { ObjectPersistency } from './durable-object/object-persistency.ts'
import { Tables, unusable } from './durable-object/tables.ts'
import type { NewestWrite, Sql } from './durable-object/tables.ts'

/** The part of `ctx.storage` that the store uses, of a class declared with SQLite storage. */
export interface ObjectStorage {
  readonly sql: Sql
  transactionSync<T>(run: () => T): T
  setAlarm(at: number): Promise<void>
  deleteAlarm(): Promise<void>
}

/**
 * A store of one saga in its Durable Object, the only writer. Reads of a saga that was never created write nothing. An answer
 * does not wait for the disk: the platform holds back all output of the object until its writes are durable, and ends the
 * object without an answer where they fail (I1).
 */
export function durableObjectPersistency(storage: ObjectStorage): ObjectPersistency {
  return new DurableObjectPersistency(storage)
}

/** Bytes of UTF-8 in one value; the platform's own limit of a row is two million or a little more. */
const VALUE = 1_950_000
/**
 * Extra bytes for bookkeeping, which adds little to a head that was accepted and must never be refused, or a command would stay
 * owed for ever.
 */
const SLACK = 40_000
/** Bytes of metadata: a debt in the head carries a copy (P5), which must fit beside everything else. */
export const LIMIT = 1_900_000

class DurableObjectPersistency implements ObjectPersistency {
  readonly name = 'durable-object'
  readonly can: Capabilities = {
    compareAndSet: 'always',
    shared: false,
    growth: 'append',
    recovery: { by: 'alarm' },
    list: false,
    removal: false,
    counts: false,
    records: false,
    adoption: false,
    limit: LIMIT,
  }
  readonly #storage: ObjectStorage
  readonly #tables: Tables
  /** Until this object has written, every lease it finds is of a process that has ended (P12). */
  #hasWritten = false
  #hasInherited = false
  #open = true

  constructor(storage: ObjectStorage) {
    this.#storage = storage
    this.#tables = new Tables(storage.sql)
  }

  async load(id: SagaId): Promise<Loaded | undefined> {
    const row = this.#ask(() => this.#tables.row(id))
    if (row === undefined) return undefined
    const saga = sagaOf(row)
    if (!this.#isInherited(saga)) return { saga, basis: row.write_id }
    await this.#inherit()
    const owed = saga.owed.map((debt) => ({ ...debt, due: RELEASED }))
    return { saga: { ...saga, owed, due: RELEASED }, basis: row.write_id }
  }

  async save(change: Change, next: Saga, basis: Basis | 'absent'): Promise<Saved> {
    const { saved, alarm } = this.#ask(() => this.#storage.transactionSync(() => this.#save(change, next, basis)))
    if (alarm !== undefined) this.#hasWritten = true
    await alarm
    return saved
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    return this.#ask(() => this.#tables.newest()?.id === id && this.#tables.writerOf(event, label) !== undefined)
  }

  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const read = this.#ask(() => {
      const row = this.#tables.row(id)
      if (row === undefined) return undefined
      return { saga: sagaOf(row), history: historyOf(id, this.#tables.history()) }
    })
    if (read === undefined) return undefined
    if (this.#isInherited(read.saga)) await this.#inherit()
    return encodeDocument(read.saga, read.history)
  }

  async hostedSaga(): Promise<SagaId | undefined> {
    return this.#ask(() => this.#tables.newest()?.id)
  }

  async isDue(now: Instant): Promise<boolean> {
    const due = this.#ask(() => this.#tables.due())
    return due !== undefined && (due <= now || !this.#hasWritten)
  }

  async arm(now: Instant, again: Instant): Promise<void> {
    await this.#ask(() => {
      const due = this.#tables.due()
      return this.#alarm(due !== undefined && due <= now ? again : due)
    })
  }

  async probe(): Promise<Health> {
    try {
      this.#ask(() => this.#tables.newest())
      return { ok: true }
    } catch (thrown) {
      return { ok: false, why: reasonOf(thrown) }
    }
  }

  async close(): Promise<void> {
    this.#open = false
  }

  #ask<T>(ask: () => T): T {
    if (!this.#open) throw new BatutaError('store-unavailable', 'use the store of a saga: it is closed')
    try {
      return ask()
    } catch (thrown) {
      if (thrown instanceof BatutaError) throw thrown
      throw new BatutaError('store-unavailable', `use the store of a saga: ${reasonOf(thrown)}`, thrown)
    }
  }

  /** Runs in one transaction: verdict, size, rows and alarm (P19). */
  #save(change: Change, next: Saga, basis: Basis | 'absent'): SaveOutcome {
    const newest = this.#tables.newest()
    const verdict = this.#verdict(newest, change, basis)
    if (verdict !== undefined) return { saved: verdict }
    const head = encodeHead(next)
    const metadata = change.step && encodeMetadata(next)
    if (
      !fits(head, change.step === undefined ? VALUE + SLACK : VALUE) ||
      (metadata !== undefined && !fits(metadata, LIMIT))
    )
      return { saved: TOO_LARGE }
    this.#tables.write(change, next, { head, metadata })
    return { saved: { kind: 'saved', basis: change.writeId }, alarm: this.#alarm(next.due) }
  }

  #alarm(due: Instant | undefined): Promise<void> {
    return due === undefined ? this.#storage.deleteAlarm() : this.#storage.setAlarm(Math.max(AT_ONCE, Math.ceil(due)))
  }

  #isInherited({ owed }: Saga): boolean {
    return !this.#hasWritten && owed.length > 0
  }

  /** Commands of a process that was killed go out now, not when its lease would have ended (P12). */
  async #inherit(): Promise<void> {
    if (this.#hasInherited) return
    this.#hasInherited = true
    await this.#ask(() => this.#alarm(AT_ONCE))
  }

  /** The outcome of a change that must not be written (P2, P6, I4); `undefined` where it may be. */
  #verdict(newest: NewestWrite | undefined, change: Change, basis: Basis | 'absent'): Saved | undefined {
    const { sagaId, writeId, step } = change
    if (newest !== undefined && newest.id !== sagaId)
      throw unusable(`the object of the saga "${sagaId}"`, `that of "${newest.id}"`)
    const event = newest && step && this.#tables.writerOf(step.event.id, step.event.label)
    const condition = basis === 'absent' ? 'absent' : basis === newest?.write_id ? 'current' : 'outdated'
    const verdict = writeVerdict(change, condition, newest && { newest: newest.write_id, event })
    return verdict === 'saved' ? { kind: 'saved', basis: writeId } : verdict && { kind: verdict }
  }
}

function sagaOf(row: HeadRow): Saga {
  const read = readHead(row)
  if (!read.ok) throw unreadableSaga('durable-object', row.id, read.why)
  return read.value
}

function historyOf(id: SagaId, rows: readonly HistoryRow[]): ReturnType<typeof decodeHistory> {
  try {
    return decodeHistory(rows)
  } catch {
    throw unreadableSaga('durable-object', id, 'its history is damaged')
  }
}

type SaveOutcome = { readonly saved: Saved; readonly alarm?: Promise<void> }

const TOO_LARGE: Saved = { kind: 'too-large', limit: LIMIT }
