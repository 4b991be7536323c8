import type { SQLInputValue } from 'node:sqlite'
import type { MarkFilter, SagaMark } from '../../../src/codec/mark-filter.ts'

/** A condition in SQL and the values bound to its placeholders. */
export interface SqlCondition {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
}

/** Words of an encoded head. */
const WORDS: Readonly<Record<SagaMark, string>> = {
  owed: 'owed',
  'dead-letters': 'dead',
  parked: 'parked',
  timer: 'timer',
  hold: 'hold',
}

/** The filters as conditions on a head; a head that is no JSON satisfies none. */
export function markConditions({ has, enteredBefore, channel, attemptsAtLeast }: MarkFilter): readonly SqlCondition[] {
  const conditions: SqlCondition[] = []
  const add = (sql: string, ...values: SQLInputValue[]) => conditions.push({ sql, values })
  if (has !== undefined) add(parsed(`json_type(head, '$.${WORDS[has]}') IS NOT NULL`, `"${WORDS[has]}":`))
  if (enteredBefore !== undefined) add(parsed(`${ENTERED} < ?`), enteredBefore)
  if (channel !== undefined) {
    // The text is searched first, since most heads lack it and parsing costs more.
    const named = `instr(head, ?) > 0 AND json_valid(head)`
    add(`CASE WHEN ${named} THEN ${USES} ELSE FALSE END`, `"channel":${JSON.stringify(channel)}`, channel, channel)
  }
  if (attemptsAtLeast !== undefined) add(parsed(TRIED, '"owed":'), attemptsAtLeast)
  return conditions
}

const ENTERED = `coalesce(json_extract(head, '$.entered'), json_extract(head, '$.updated'))`
const USES = `(EXISTS (SELECT 1 FROM json_each(head, '$.owed') WHERE value ->> 'channel' = ?)
  OR EXISTS (SELECT 1 FROM json_each(head, '$.dead') WHERE value ->> 'channel' = ?))`
const TRIED = `EXISTS (SELECT 1 FROM json_each(head, '$.owed') WHERE value ->> 'attempts' >= ?)`

/** A condition on the parsed head, which is parsed only where it has this text. */
function parsed(condition: string, text?: string): string {
  const named = text === undefined ? '' : `instr(head, '${text}') > 0 AND `
  return `CASE WHEN ${named}json_valid(head) THEN ${condition} ELSE FALSE END`
}
