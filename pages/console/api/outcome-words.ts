import { dayText } from '../text/time.ts'

/** What the ids under each key of an answer's details say, for people. */
const DETAILS: Readonly<Record<string, (count: string, ids: string) => string>> = {
  sent: (count, ids) => `${count} sent now: ${ids}.`,
  paused: (count, ids) => `${count} waiting for the channel to be resumed: ${ids}.`,
  underWay: (count, ids) => `${count} under way already, and left to end: ${ids}.`,
  notDelivered: (count, ids) => `${count} not delivered yet: ${ids}. Redeliver again later.`,
  skipped: (count, ids) => `${count} left alone, since an operator cancelled: ${ids}.`,
  hookFailed: (count, ids) => `${count} not sent, since the hook failed again: ${ids}.`,
  gone: (count, ids) => `${count} gone meanwhile: ${ids}.`,
  offered: (count, ids) => `${count} offered to the state: ${ids}.`,
  taken: (count, ids) => `${count} taken by the state: ${ids}.`,
  stayed: (count, ids) => `${count} still a dead letter: ${ids}.`,
  cancelled: (count, ids) => `${count} made a dead letter: ${ids}.`,
  held: (count, ids) => `${count} kept until the release: ${ids}.`,
  revived: (count, ids) => `${count} brought back from the dead letters: ${ids}.`,
  stillOwed: (count, ids) => `${count} of earlier states still owed: ${ids}.`,
  droppedEvents: (count, ids) => `${count} parked events dropped: ${ids}.`,
  removed: (count, ids) => `${count} removed: ${ids}.`,
  dropped: (count, ids) => `${count} dropped: ${ids}.`,
  keys: (count, ids) => `${count} of the metadata changed: ${ids}.`,
  unknownChannel: (count, ids) => `${count} not sent, since saga.json lacks the channel: ${ids}.`,
}

/** What a text under a key says, or several. */
const TEXTS: Readonly<Record<string, (text: string) => string>> = {
  why: (reason) => `The reason was: ${reason.slice(0, 300)}.`,
  warning: (text) => `Warning: ${text}.`,
  channel: (channel) => `Only for the channel ${channel}.`,
  droppedLabels: (labels) => `The parked events were: ${labels.slice(0, 300)}.`,
  event: (label) => `The event is ${label}.`,
  heldSince: (at) => `It was held since ${dayText(at)}.`,
  notBefore: (at) => `It would have begun on ${dayText(at)}.`,
  deadline: (at) => `The timer fires on ${dayText(at)}.`,
}

const OUTCOMES: Readonly<Record<string, string>> = {
  done: 'Done.',
  repeated: 'This was done before; nothing more has changed.',
  moved: 'The event moved the saga.',
  duplicate: 'This event was applied before; nothing has changed.',
  parked: 'The event is parked until it fits.',
  unexpected: 'The state does not list this event; nothing was written or sent.',
}

interface Outcome {
  readonly outcome?: unknown
  readonly currentState?: unknown
  readonly details?: Readonly<Record<string, unknown>>
  readonly dryRun?: unknown
}

/** The answer to an action or an event, as sentences. */
export function outcomeWords(json: unknown): readonly string[] {
  const { outcome, currentState, details = {}, dryRun } = (json ?? {}) as Outcome
  const isTrial = dryRun === true && outcome === 'done'
  const first = isTrial ? 'A trial: nothing was changed. The action would be carried out.' : OUTCOMES[String(outcome)]
  const isSaid = typeof currentState !== 'string' || details['to'] === currentState
  const state = isSaid ? [] : [`The saga ${isTrial ? 'would be' : 'is'} in ${currentState}.`]
  return [first ?? 'Done.', ...detailWords(details), ...state]
}

/** The details of an outcome, as sentences. */
export function detailWords(details: Readonly<Record<string, unknown>>): readonly string[] {
  const { from, to, command, ...others } = details
  return [
    ...wayWords({ from, to, command }),
    ...Object.entries(others).map(([key, value]) => {
      const [list, say] = [DETAILS[key], TEXTS[key]]
      if (list !== undefined && Array.isArray(value)) return list(String(value.length), shortList(value))
      return say === undefined ? `${key}: ${textOf(value)}.` : say([value].flat().map(textOf).join(', '))
    }),
  ]
}

/** The way of a saga: where it was, where it went, and whether by hand with the command of the state. */
function wayWords({ from, to, command }: Readonly<Record<'from' | 'to' | 'command', unknown>>): readonly string[] {
  if (typeof from !== 'string' || typeof to !== 'string') return []
  const sends = command === undefined ? '' : `, ${command === true ? 'with' : 'without'} the command of the state`
  return [`From ${from} to ${to}${sends}.`]
}

const MOST_SHOWN = 5

function shortList(values: readonly unknown[]): string {
  const shown = values
    .slice(0, MOST_SHOWN)
    .map((value) => shortId(textOf(value)))
    .join(', ')
  return values.length > MOST_SHOWN ? `${shown} and ${values.length - MOST_SHOWN} more` : shown
}

/** The end of a long id tells it from others: `…bcf3e1/1/0`. */
function shortId(id: string): string {
  return id.length > 24 ? `…${id.slice(-16)}`.toWellFormed() : id
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
