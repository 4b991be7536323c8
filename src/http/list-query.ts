import * as v from 'valibot'
import type { SagaMark } from '../codec/mark-filter.ts'
import type { SagaQuery } from '../orchestrator/answer-filter.ts'
import type { Cursor } from '../ports/persistency.ts'
import { parseInstant } from './parse-instant.ts'

const AN_INSTANT = 'must be an ISO 8601 timestamp of a day that exists, such as 2026-01-31T12:00:00Z'
const instant = v.pipe(v.string(), v.transform(parseInstant), v.number(AN_INSTANT))
const flag = v.pipe(
  v.picklist(['true', 'false'], 'must be "true" or "false"'),
  v.transform((text) => text === 'true'),
)
const ATTEMPTS = 'must be a whole number from 1 to 999999999'
const MARKS = ['owed', 'dead-letters', 'parked', 'timer', 'hold'] as const satisfies readonly SagaMark[]
const LIMIT = 'must be a whole number from 1 to 200'

/** The parameters as they are read. */
export interface ListParameters extends Omit<SagaQuery, 'after' | 'businessStateId'> {
  readonly businessStateId?: string | undefined
  readonly cursor?: Cursor | undefined
  /** The answer has the numbers of sagas by state too. */
  readonly counts?: boolean | undefined
}

/** The query of `GET /sagas` (C7): every parameter is optional, given once, and a text. */
export const LIST_QUERY: v.GenericSchema<unknown, ListParameters> = v.strictObject({
  currentState: v.optional(v.string()),
  businessStateId: v.optional(v.string()),
  isFinal: v.optional(flag),
  associatedEntityId: v.optional(v.string()),
  since: v.optional(instant),
  until: v.optional(instant),
  has: v.optional(v.picklist(MARKS, `must be one of ${MARKS.join(', ')}`)),
  enteredBefore: v.optional(instant),
  channel: v.optional(v.string()),
  attemptsAtLeast: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,9}$/, ATTEMPTS), v.transform(Number), v.minValue(1, ATTEMPTS)),
  ),
  lastAnswer: v.optional(v.pipe(v.string(), v.minLength(1, 'must not be empty'))),
  counts: v.optional(flag),
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/, LIMIT), v.transform(Number), v.minValue(1, LIMIT), v.maxValue(200, LIMIT)),
    '50',
  ),
  cursor: v.optional(
    v.pipe(v.string(), v.transform(decodeCursor), v.custom<Cursor>(Boolean, 'is not a cursor of ours')),
  ),
})

/** Why a filter by last answer cannot be: it counts for the commands of another filter. */
export function unfitAnswer({ lastAnswer, has }: Pick<SagaQuery, 'lastAnswer' | 'has'>): string | undefined {
  if (lastAnswer === undefined || has === 'owed' || has === 'dead-letters') return undefined
  return 'lastAnswer must stand beside has=owed or has=dead-letters, whose commands have it'
}

function decodeCursor(text: string): Cursor | undefined {
  const [, createdAt, id] = /^(-?\d{1,16})~(.+)$/.exec(text) ?? []
  if (createdAt === undefined || id === undefined || Number.isNaN(new Date(Number(createdAt)).getTime()))
    return undefined
  try {
    return { createdAt: Number(createdAt), id: decodeURIComponent(id) }
  } catch {
    return undefined
  }
}
