import { filtersMarks, hasMarks } from '../../../src/codec/mark-filter.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import type { ListQuery, Page, PassOver, Unreadable } from '../../../src/ports/persistency.ts'
import { idOf, memberOf } from './keys.ts'
import type { RedisKeys } from './keys.ts'
import { headFrom, ROOM } from './read.ts'
import type { AskScript } from './read.ts'
import { enteredBound, markTexts } from './mark-texts.ts'
import { LOOK } from './scripts/read.ts'
import { businessOf } from './encode.ts'

/** Sagas that one script looks at, since Redis serves no other client meanwhile; and scripts of one page. */
const MOST = 500
const LOOKS = 20

/** The row is `null` where the saga is damaged. */
type ListedRow = readonly [member: string, row: readonly [due: string | null, head: string] | null, score: string]

/**
 * Pages of sagas, newest creation first, then id. There is an index of all sagas, of those not final, and of each entity; other
 * filters are checked saga by saga; those by mark first in the text of the head, then on the head that is read. After 10,000 sagas without a full page the page ends early, with a cursor to go on from.
 */
export class RedisList {
  readonly #keys: RedisKeys
  readonly #ask: AskScript
  readonly #passOver: PassOver

  constructor(keys: RedisKeys, ask: AskScript, passOver: PassOver) {
    this.#keys = keys
    this.#ask = ask
    this.#passOver = passOver
  }

  async page(query: ListQuery): Promise<Page> {
    const { limit, after } = query
    const found: ListedRow[] = []
    let at: ListPosition | undefined = after && [String(-after.createdAt), memberOf(after.id)]
    for (let looks = 0; looks < LOOKS && found.length <= limit; looks++) {
      // One more than asked for, to know whether a next page exists.
      const [score, last, more] = await this.#look(query, at, limit + 1 - found.length)
      found.push(...more.filter((row) => isWanted(row, query)))
      at = score === '' ? undefined : [score, last]
      if (at === undefined) break
    }
    const shown = found.slice(0, limit)
    const last = shown.at(-1)
    if (found.length > limit && last !== undefined) at = [last[2], last[0]]
    return { ...this.#read(shown), next: at && { createdAt: -Number(at[0]), id: idOf(at[1]) } }
  }

  #read(found: readonly ListedRow[]): Pick<Page, 'items' | 'unreadable'> {
    const items: Saga[] = []
    const unreadable: Unreadable[] = []
    for (const [member, row] of found) {
      const id = idOf(member)
      const [due, head] = row ?? [null, '']
      const read = headFrom(id, { due, head })
      if (read.ok) items.push(read.value)
      else unreadable.push({ id, why: read.why })
    }
    for (const { id, why } of unreadable) this.#passOver(id, why)
    return { items, unreadable }
  }

  async #look(
    query: ListQuery,
    at: ListPosition | undefined,
    limit: number,
  ): Promise<readonly [...ListPosition, readonly ListedRow[]]> {
    const { since, until } = query
    const [score, member] = at ?? ['', '']
    const bounds = [until, since].map((instant) => (instant === undefined ? '' : String(-instant)))
    const filters = filtersOf(query)
    const texts = markTexts(query)
    const place = [...bounds, score, member]
    const marks = [enteredBound(query), String(texts.length), ...texts]
    const args = [this.#keys.sagas, String(limit), String(MOST), String(ROOM), ...place, ...marks, ...filters]
    const answer = await this.#ask(LOOK, [this.#index(query)], args)
    return answer as readonly [...ListPosition, readonly ListedRow[]]
  }

  #index({ associatedEntityId, isFinal }: ListQuery): string {
    if (associatedEntityId) return this.#keys.entity(associatedEntityId)
    return isFinal === false ? this.#keys.open : this.#keys.all
  }
}

/** A damaged head, whose marks are unknown, satisfies no filter by mark. */
function isWanted([member, row]: ListedRow, query: ListQuery): boolean {
  if (!filtersMarks(query)) return true
  const [due, head] = row ?? [null, '']
  const read = headFrom(idOf(member), { due, head })
  return read.ok && hasMarks(read.value, query)
}

type ListPosition = [score: string, member: string]

/** Pairs of a field and the value that it must have. */
function filtersOf({ currentState, businessStateId, isFinal, associatedEntityId }: ListQuery): string[] {
  const filters: string[] = []
  if (currentState !== undefined) filters.push('s', currentState)
  if (businessStateId !== undefined) filters.push('b', businessOf(businessStateId))
  if (isFinal !== undefined) filters.push('f', isFinal ? '1' : '0')
  if (associatedEntityId !== undefined) filters.push('n', memberOf(associatedEntityId))
  return filters
}
