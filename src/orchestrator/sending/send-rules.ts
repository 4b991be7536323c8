import { DEFAULTS } from '../../defaults.ts'
import type { Debt, Duration, Instant } from '../../engine/saga.ts'
import type { ChannelRetry, Rejected, Sent, Unreachable } from '../../ports/channel.ts'
import { retryWait } from '../backoff.ts'

/** What the end of a send means for its command: settled, owed until a later send, or a dead letter. */
export type SendEnd = 'delivered' | 'again' | 'given-up'

/** A send that has ended. */
export interface EndedSend {
  readonly sent: Sent
  /** Answers other than success before this one. */
  readonly attempts: number
  /** When the time of the command began (`countedFrom`), and the end of the send. */
  readonly since: Instant
  readonly now: Instant
  /** An earlier send may have reached the participant. */
  readonly isRepeat: boolean
}

/** Statuses by which a participant says that it has acted on an earlier send: the effect exists, or existed. */
const ACTED: ReadonlySet<number> = new Set([409, 410])

/**
 * The table of answers (P15, docs/CONFIGURATION.md). Without `retry` in saga.json a command is sent until it is delivered, because
 * statuses of a participant that was written for Flow Manager have no meaning of their own.
 */
export function endOf(send: EndedSend, retry: ChannelRetry | undefined): SendEnd {
  const { sent, attempts, isRepeat } = send
  if (sent.kind === 'delivered') return 'delivered'
  if (retry === undefined) return 'again'
  if (sent.kind === 'rejected') {
    if (isRepeat && ACTED.has(sent.status)) return 'delivered'
    if (!sent.retryable) return 'given-up'
  }
  return isLast(sent, attempts, retry) || isOver(send, retry) ? 'given-up' : 'again'
}

/** An answer is counted. Silence is not, except where the channel sends once, whatever comes of it. */
function isLast({ kind }: Rejected | Unreachable, attempts: number, retry: ChannelRetry): boolean {
  const most = retry.attempts
  return most !== undefined && (most === 1 || (kind === 'rejected' && attempts + 1 >= most))
}

/**
 * When the time of a command began: when it was owed first, and as much later as its saga was held since (P26). After a pause of its
 * channel, which ended at `resumed`, it begins anew (P28).
 */
export function countedFrom({ since, held = 0 }: Pick<Debt, 'since' | 'held'>, resumed?: Instant): Instant {
  return Math.max(since + held, resumed ?? Number.NEGATIVE_INFINITY)
}

/** True where `giveUpAfter` has passed since the time of the command began. */
export function isOver({ since, now }: Pick<EndedSend, 'since' | 'now'>, retry: ChannelRetry | undefined): boolean {
  return retry?.giveUpAfter !== undefined && now >= since + retry.giveUpAfter
}

/** The next send of a command, and the values that its instant is made of. */
export interface NextSend extends Pick<EndedSend, 'sent' | 'since' | 'now'> {
  /** Uniform in [0, 1). */
  readonly chance: number
}

/** When the command is sent again: after its backoff, not before the participant asks for it, and not after it is given up. */
export function nextSendOf({ sent, since, now, chance }: NextSend, retry: ChannelRetry | undefined): Instant {
  const bounds = {
    first: retry?.firstWait ?? DEFAULTS.retryFirst,
    longest: retry?.longestWait ?? DEFAULTS.retryLongest,
  }
  // A clock that was set since makes an age of any sign (P23).
  const wait = retryWait(Math.abs(now - since), bounds, chance)
  const asked = Math.min(askedWait(sent, now), longestAsked(retry))
  const due = now + Math.max(wait, Math.round(asked + asked * chance * SPREAD))
  return retry?.giveUpAfter === undefined ? due : Math.min(due, Math.max(now, since + retry.giveUpAfter))
}

/** Commands that are asked to wait for the same instant do not come back all at once, but within this part of the wait. */
const SPREAD = 1 / 12

/** The longest time between the end of a send and the next one: a later `due` was written by another clock (P23). */
export function longestWaitOf(retry: ChannelRetry | undefined): Duration {
  const asked = longestAsked(retry)
  return Math.max(retry?.longestWait ?? DEFAULTS.retryLongest, asked + asked * SPREAD)
}

function askedWait(sent: Sent, now: Instant): Duration {
  if (sent.kind !== 'rejected') return 0
  const { retryAfter, retryAt } = sent
  return Math.max(0, retryAfter ?? (retryAt === undefined ? 0 : retryAt - now))
}

function longestAsked(retry: ChannelRetry | undefined): Duration {
  return retry === undefined ? DEFAULTS.retryLongest : Math.max(retry.longestWait ?? 0, DEFAULTS.retryAfter)
}
