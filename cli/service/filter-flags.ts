/** Filters of sagas: those of `GET /sagas`. */
export interface FilterFlags {
  readonly state?: string
  readonly business?: string
  readonly entity?: string
  readonly has?: string
  readonly channel?: string
  readonly enteredBefore?: string
  readonly attemptsAtLeast?: string
  readonly lastAnswer?: string
  readonly since?: string
  readonly until?: string
  readonly final?: boolean
}

const text = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder }) as const

/** The flags of `FilterFlags`, for `parameters.flags`: all of them are combined with "and". */
export const FILTER_FLAGS = {
  state: text('In this state', 'state'),
  business: text('In this business state, by its id', 'id'),
  entity: text('Of this entity', 'id'),
  has: text('With: owed, dead-letters, parked, timer or hold', 'mark'),
  channel: text('With an undelivered command or a dead letter of this channel', 'channel'),
  enteredBefore: text('In their state since before this time', 'instant'),
  attemptsAtLeast: text('With an undelivered command of so many answers', 'number'),
  lastAnswer: text('Beside --has owed or dead-letters: with this last answer, as list shows it', 'answer'),
  since: text('Created at this time or later', 'instant'),
  until: text('Created before this time', 'instant'),
  final: { kind: 'boolean', optional: true, brief: 'Only final sagas; with --no-final, only open ones' },
} as const

/** The filters by their names in the API; only those that are given. */
export function filterOf(flags: FilterFlags): Readonly<Record<string, string>> {
  const { state, business, entity, final, has, channel, enteredBefore, attemptsAtLeast, lastAnswer, since, until } =
    flags
  const all = {
    currentState: state,
    businessStateId: business,
    associatedEntityId: entity,
    isFinal: final === undefined ? undefined : String(final),
    has,
    channel,
    enteredBefore,
    attemptsAtLeast,
    lastAnswer,
    since,
    until,
  }
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** The flag `--limit`: most sagas that a command reads. */
export function limitFlag<Default extends string>(preset: Default) {
  return { kind: 'parsed', parse: limitOf, default: preset, brief: 'Most sagas', placeholder: 'number' } as const
}

function limitOf(given: string): number {
  const limit = Number(given)
  if (Number.isSafeInteger(limit) && limit > 0) return limit
  throw new Error(`read --limit: found ${JSON.stringify(given)}, expected a whole number from 1`)
}
