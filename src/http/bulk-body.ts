import * as v from 'valibot'
import { LONGEST_NAME } from '../codec/message.ts'
import type { Metadata } from '../engine/saga.ts'
import type { BulkAction } from '../orchestrator/bulk/bulk-operation.ts'
import { DEFAULTS } from '../defaults.ts'

/** Most sagas a second, and most outcomes that a dry run shows. */
const [FASTEST, MOST_SHOWN] = [1_000, 200]
const FILTERS = [
  'currentState',
  'businessStateId',
  'isFinal',
  'associatedEntityId',
  'since',
  'until',
  'has',
  'enteredBefore',
  'channel',
  'attemptsAtLeast',
  'lastAnswer',
] as const

/** A filter by its name in `GET /sagas`; a value that is no text stands for its text. */
export type FilterTexts = { readonly [filter in (typeof FILTERS)[number]]?: string | undefined }

/** The body of `POST /operations`: the action with its arguments, and what to do with it. */
export interface BulkBody {
  readonly action: BulkAction['kind']
  readonly filter: FilterTexts
  readonly reason?: string | undefined
  readonly dryRun?: boolean | undefined
  readonly rate: number
  readonly sample: number
  readonly channel?: string | undefined
  readonly cancelled?: boolean | undefined
  readonly state?: string | undefined
  readonly command?: boolean | undefined
  readonly metadata?: Metadata | undefined
}

const text = (name: string) =>
  v.pipe(
    v.string(`${name} must be a string`),
    v.minLength(1, `${name} must not be empty`),
    v.maxLength(LONGEST_NAME, `${name} must not be longer than ${LONGEST_NAME} characters`),
  )
const whole = (name: string, least: number, most: number) => {
  const message = `${name} must be a whole number from ${least} to ${most}`
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message))
}
const filterValue = (name: string) =>
  v.optional(
    v.pipe(
      v.union([v.string(), v.number(), v.boolean()], `filter.${name} must be a string, a number, true or false`),
      v.transform(String),
    ),
  )

const A_FILTER = 'filter must be an object with filters of GET /sagas; {} finds every saga'
const common = {
  filter: v.strictObject(
    {
      currentState: filterValue('currentState'),
      businessStateId: filterValue('businessStateId'),
      isFinal: filterValue('isFinal'),
      associatedEntityId: filterValue('associatedEntityId'),
      since: filterValue('since'),
      until: filterValue('until'),
      has: filterValue('has'),
      enteredBefore: filterValue('enteredBefore'),
      channel: filterValue('channel'),
      attemptsAtLeast: filterValue('attemptsAtLeast'),
      lastAnswer: v.optional(v.string('filter.lastAnswer must be a string')),
    },
    A_FILTER,
  ),
  reason: v.optional(v.string('reason must be a string')),
  dryRun: v.optional(v.boolean('dryRun must be true or false')),
  rate: v.optional(whole('rate', 1, FASTEST), DEFAULTS.bulkRate),
  sample: v.optional(whole('sample', 0, MOST_SHOWN), 20),
}
const jsonObject = v.custom<Metadata>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'metadata must be an object: a JSON merge patch (RFC 7396)',
)

const ACTIONS = ['redeliver', 'resend', 'hold', 'release', 'move', 'patch-metadata', 'cancel'] as const
const AN_ACTION = `action must be one of ${ACTIONS.join(', ')}`

/** The body of `POST /operations`. */
export const BULK_BODY: v.GenericSchema<unknown, BulkBody> = v.variant(
  'action',
  [
    v.strictObject({
      action: v.literal('redeliver'),
      channel: v.optional(text('channel')),
      cancelled: v.optional(v.boolean('cancelled must be true or false')),
      ...common,
    }),
    v.strictObject({ action: v.literal('resend'), ...common }),
    v.strictObject({ action: v.literal('hold'), ...common }),
    v.strictObject({ action: v.literal('release'), ...common }),
    v.strictObject({
      action: v.literal('move'),
      state: text('state'),
      command: v.boolean('command must be true or false'),
      ...common,
    }),
    v.strictObject({ action: v.literal('patch-metadata'), metadata: jsonObject, ...common }),
    v.strictObject({ action: v.literal('cancel'), state: text('state'), ...common }),
  ],
  AN_ACTION,
)

/** The body, or a sentence that names everything that is wrong with it. */
export function readBulkBody(value: unknown): BulkBody | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'the body must be an object with action, filter and reason'
  // Valibot takes an array for an object without keys.
  if (Array.isArray((value as { readonly filter?: unknown }).filter)) return A_FILTER
  const read = v.safeParse(BULK_BODY, value)
  return read.success ? read.output : read.issues.map(explain).join('; ')
}

/** The action of a body. */
export function bulkAction({ action, channel, cancelled, ...body }: BulkBody): BulkAction {
  const { state = '', command = false, metadata = {} } = body
  switch (action) {
    case 'redeliver':
      return { kind: action, channel, ...(cancelled !== undefined && { cancelled }) }
    case 'move':
      return { kind: action, state, command }
    case 'cancel':
      return { kind: action, state }
    case 'patch-metadata':
      return { kind: action, metadata }
    case 'resend':
    case 'hold':
    case 'release':
      return { kind: action }
  }
}

function explain(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'the body'
  if (path === 'filter') return A_FILTER
  if (issue.type !== 'strict_object') return issue.message
  if (issue.expected !== 'never') return `${path} is missing`
  return `${path.slice(0, 200)} is not ${path.startsWith('filter.') ? 'a known filter' : 'a known field of this action'}`
}
