import { encodeDocument } from '../../../src/codec/encode-document.ts'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { readHead } from '../../../src/codec/head.ts'
import type { Decoded } from '../../../src/codec/message.ts'
import { decodeHistory } from '../../../src/codec/history-row.ts'
import type { HistoryRow } from '../../../src/codec/history-row.ts'
import type { EventId, Saga, SagaId } from '../../../src/engine/saga.ts'
import { BatutaError, unreadableSaga } from '../../../src/errors.ts'
import type { Loaded, PassOver } from '../../../src/ports/persistency.ts'
import type { RedisKeys } from './keys.ts'
import { HISTORY, READ } from './scripts/read.ts'
import type { Script } from './scripts/script.ts'
import { fieldOf } from './encode.ts'

/** Runs one script and answers its result. */
export type AskScript = (script: Script, keys: readonly string[], args: readonly string[]) => Promise<unknown>

/** Last write id, due, head, metadata. All are null where there is no saga, some where it is damaged. */
type CompleteHead = readonly [string, string | null, string, string]
/** Values of a head's hash fields, in the order in which they were asked for. */
export type HeadFields = readonly (string | null)[]
type HistoryField = readonly [field: string, value: string]
type HistoryPage = readonly [cursor: string, entries: readonly HistoryField[], head: HeadFields | null]

/** Events of one page of a history, and bytes of heads in one answer: Upstash answers 10 MB at most. */
const EVENTS = 5_000
/** Bytes of heads and metadata that one read may answer. */
export const ROOM = 1_000_000

interface ReaderOptions {
  /** Name of the store. */
  readonly name: string
  readonly keys: RedisKeys
  readonly ask: AskScript
  readonly passOver: PassOver
}

/** Reads sagas by id. */
export class RedisReader {
  readonly #options: ReaderOptions
  readonly #keys: RedisKeys

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#keys = options.keys
  }

  async head(id: SagaId): Promise<Loaded | undefined> {
    const row = (await this.#askOf(id, READ, ['HMGET', 'w', 'd', 'h', 'm'])) as HeadFields
    return isThere(row) ? this.#whole(id, row) : undefined
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    return (await this.#askOf(id, READ, ['HEXISTS', fieldOf(event, label)])) === 1
  }

  /** In pages, for histories of any length. Steps after the head that was read are left out. */
  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const [first, entries, row] = await this.#history(id, '0')
    if (row === null || !isThere(row)) return undefined
    const { saga } = this.#whole(id, row)
    const all = [...entries]
    for (let cursor = first; cursor !== '0';) {
      const [next, more] = await this.#history(id, cursor)
      all.push(...more)
      cursor = next
    }
    try {
      return encodeDocument(saga, decodeHistory(inOrder(all, saga)))
    } catch {
      throw this.#damaged(id, 'its history is damaged')
    }
  }

  /** Asks about one saga. A key of another type is damage of that saga. */
  async #askOf(id: SagaId, script: Script, args: readonly string[]): Promise<unknown> {
    try {
      return await this.#options.ask(script, [this.#keys.saga(id)], args)
    } catch (thrown) {
      if (thrown instanceof BatutaError && thrown.message.includes('WRONGTYPE')) throw this.#damaged(id, NO_HASH)
      throw thrown
    }
  }

  #whole(id: SagaId, row: HeadFields): Loaded {
    const read = loadedOf(id, row)
    if (!read.ok) throw this.#damaged(id, read.why)
    return read.value
  }

  #damaged(id: SagaId, why: string): BatutaError {
    this.#options.passOver(id, why)
    return unreadableSaga(this.#options.name, id, why)
  }

  async #history(id: SagaId, cursor: string): Promise<HistoryPage> {
    return (await this.#askOf(id, HISTORY, [cursor, String(EVENTS)])) as HistoryPage
  }
}

const NO_HASH = 'its key does not hold a hash'

function isThere(row: HeadFields): boolean {
  return row.some((value) => value !== null)
}

function isRow(row: HeadFields): row is CompleteHead {
  const [writeId, , head, metadata] = row
  return [writeId, head, metadata].every((value) => typeof value === 'string')
}

/** The saga of a head's fields; an empty list stands for a key of another type. */
export function loadedOf(id: SagaId, row: HeadFields): Decoded<Loaded> {
  if (!isRow(row)) return { ok: false, why: row.length === 0 ? NO_HASH : 'a field of its hash is missing' }
  const [writeId, due, head, metadata] = row
  const read = headFrom(id, { due, head, metadata })
  return read.ok ? { ok: true, value: { saga: read.value, basis: writeId } } : read
}

/** Fields of a head as Redis answers them; without metadata for lists. */
export interface HeadParts {
  readonly due: string | null
  readonly head: string
  readonly metadata?: string
}

/** Decodes head and metadata of a saga. */
export function headFrom(id: SagaId, { due, head, metadata = '{}' }: HeadParts): Decoded<Saga> {
  return readHead({ id, head, metadata, due: due === '' || due === null ? undefined : Number(due) })
}

/** An entry may come twice, as HSCAN may repeat itself; its number is its position. */
function inOrder(entries: readonly HistoryField[], { length }: Saga): HistoryRow[] {
  const rows: HistoryRow[] = []
  for (const [field, value] of entries) {
    const [, number, passage] = /^\S* (\d+) ([^]*)$/.exec(value) ?? []
    const [event, label] = JSON.parse(field) as [string, string]
    if (Number(number) < length) rows[Number(number)] = { event, label, passage: passage ?? '' }
  }
  return rows.filter(Boolean)
}
