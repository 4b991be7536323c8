import type { Attempt, Change } from './change.ts'
import type { DeadCommand, DeadLetter, SendReport } from './saga.ts'

/** Characters that are left of words that do not fit. */
const SHORT = 100
const NOT_KEPT = 'its message is not kept, because the store has no room for it'

/**
 * A change that a store refuses as too large, with less of what is for people alone, then with less of its dead letters; `undefined`
 * where nothing is left to shorten. `cut`: how often it was refused. Bookkeeping must not fail for its size: a command whose dead
 * letter is not saved would be sent for ever (P15, P24).
 */
export function shortened(change: Change, cut: number): Change | undefined {
  const { dead, tried, deliveries } = change
  const hasWords = deliveries !== undefined || tried?.some(isReported) === true
  if (dead?.some(isCuttable) !== true) return cut === 1 && hasWords ? withoutWords(change) : undefined
  if (cut === 1) return { ...withoutWords(change), dead: dead.map(withShortWords) }
  return cut === 2 ? { ...change, dead: dead.map(withoutMessage) } : undefined
}

/** A hook must run again with the payload of its letter, and the letter of an event is as large as the event was parked (P5, P10). */
function isCuttable(letter: DeadLetter): letter is DeadCommand {
  return letter.kind === undefined && letter.hookFailed !== true && letter.lost === undefined
}

function isReported({ last }: Attempt): boolean {
  return last?.answer !== undefined
}

function withoutWords(change: Change): Change {
  const { tried } = change
  return { ...change, deliveries: undefined, tried: tried?.map((one) => ({ ...one, last: shortReport(one.last) })) }
}

function shortReport(last: SendReport | undefined): SendReport | undefined {
  return last?.answer === undefined ? last : { ...last, answer: last.answer.slice(0, SHORT) }
}

function withShortWords(letter: DeadLetter): DeadLetter {
  if (!isCuttable(letter)) return letter
  return { ...letter, why: letter.why.slice(0, SHORT), last: shortReport(letter.last) }
}

function withoutMessage(letter: DeadLetter): DeadLetter {
  if (!isCuttable(letter)) return letter
  const { id, label, channel, why, since, attempts, last, body } = letter
  const lost = body === undefined ? 'payload' : 'body'
  const status = last && { at: last.at, status: last.status }
  return { id, label, channel, payload: {}, why: `${why}; ${NOT_KEPT}`, since, attempts, last: status, lost }
}
