import { encodeDocument } from '../../../src/codec/document.ts'
import type { SagaDocument } from '../../../src/codec/document.ts'
import { decodeHead } from '../../../src/codec/head.ts'
import { decodeHistory } from '../../../src/codec/passage.ts'
import type { PassageRow } from '../../../src/codec/passage.ts'
import type { Duration, EventId, Instant, Saga, SagaId } from '../../../src/engine/saga.ts'
import type { DuePlace, Loaded } from '../../../src/ports/persistency.ts'
import { idOf, memberOf } from './keys.ts'
import type { Keys } from './keys.ts'
import { DUE, HISTORY, READ } from './scripts.ts'
import type { Script } from './scripts.ts'
import { fieldOf } from './write.ts'

/** Runs one script and answers its result. */
export type Ask = (script: Script, keys: readonly string[], args: readonly string[]) => Promise<unknown>

/** Last write id, due, head, metadata; nothing at all where there is no saga. */
type Row = readonly [string, string, string, string]
type Missing = readonly [null, ...unknown[]]
type Entry = readonly [field: string, value: string]
type HistoryPage = readonly [cursor: string, entries: readonly Entry[], head: Row | Missing | null]

/** Events in a page of a history, and bytes of heads in one answer: Upstash answers 10 MB. */
const EVENTS = 5_000
export const ROOM = 1_000_000

/** Everything that is read by id, and what is due. */
export class Reader {
  readonly #keys: Keys
  readonly #ask: Ask
  readonly #keepFinal: Duration | undefined

  constructor(keys: Keys, ask: Ask, keepFinal: Duration | undefined) {
    this.#keys = keys
    this.#ask = ask
    this.#keepFinal = keepFinal
  }

  async head(id: SagaId): Promise<Loaded | undefined> {
    const row = (await this.#ask(READ, [this.#keys.saga(id)], ['HMGET', 'w', 'd', 'h', 'm'])) as Row | Missing
    return isThere(row) ? loaded(id, row) : undefined
  }

  async applied(id: SagaId, event: EventId, label: string): Promise<boolean> {
    return (await this.#ask(READ, [this.#keys.saga(id)], ['HEXISTS', fieldOf(event, label)])) === 1
  }

  /** In pages, so that a history may be as long as it likes. What came after the head was read is left out. */
  async document(id: SagaId): Promise<SagaDocument | undefined> {
    const [first, entries, row] = await this.#history(id, '0')
    if (row === null || !isThere(row)) return undefined
    const { saga } = loaded(id, row)
    const all = [...entries]
    for (let cursor = first; cursor !== '0';) {
      const [next, more] = await this.#history(id, cursor)
      all.push(...more)
      cursor = next
    }
    return encodeDocument(saga, decodeHistory(inOrder(all, saga)))
  }

  async #history(id: SagaId, cursor: string): Promise<HistoryPage> {
    return (await this.#ask(HISTORY, [this.#keys.saga(id)], [cursor, String(EVENTS)])) as HistoryPage
  }

  /** One round trip, unless the sagas are large. What has expired leaves the indexes meanwhile. */
  async due(now: Instant, limit: number, after?: DuePlace): Promise<Loaded[]> {
    const { sagas, entities, due, final, all } = this.#keys
    const keep = this.#keepFinal === undefined ? '' : String(this.#keepFinal)
    const place = after === undefined ? ['', ''] : [String(after.due), memberOf(after.id)]
    const found: Loaded[] = []
    for (let more = 'more'; more !== '' && found.length < limit;) {
      const args = [sagas, String(now), String(found.length), String(limit - found.length), String(ROOM)]
      const answer = (await this.#ask(DUE, [due, final, all], [...args, entities, keep, ...place])) as [
        string,
        [string, Row][],
      ]
      found.push(...answer[1].map(([member, row]) => loaded(idOf(member), row)))
      more = answer[0]
    }
    return found
  }
}

function isThere(row: Row | Missing): row is Row {
  return row[0] !== null
}

function loaded(id: SagaId, [writeId, due, head, metadata]: Row): Loaded {
  return { saga: headFrom(id, due, head, metadata), basis: writeId }
}

export function headFrom(id: SagaId, due: string, head: string, metadata: string): Saga {
  return decodeHead({ id, head, metadata, due: due === '' ? undefined : Number(due) })
}

/** An entry may come twice, as a scan may repeat itself; the number is its place. */
function inOrder(entries: readonly Entry[], { length }: Saga): PassageRow[] {
  const rows: PassageRow[] = []
  for (const [field, value] of entries) {
    const [, number, passage] = /^\S* (\d+) ([^]*)$/.exec(value) ?? []
    const [event, label] = JSON.parse(field) as [string, string]
    if (Number(number) < length) rows[Number(number)] = { event, label, passage: passage ?? '' }
  }
  return rows.filter(Boolean)
}
