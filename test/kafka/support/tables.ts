import { tables } from '../../services/tables.ts'
import type { ReplyRule } from './kafka-peer.ts'
import type { SagaCourse, ProofPlan } from './broken-promises.ts'

/** `timeout.after` of a held table in milliseconds. */
export const HELD = 2_000
/** The event of its timer. */
export const EXPIRED = 'paymentExpired'
/** The manners of the peer with some sagas: it loses its work once or for ever, or tells of the payment before the table. */
const MANNERS = { 5: 'swallows', 9: 'swallows-once', 14: 'early' } as const

/** Tables, and the outcome of the n-th reservation. */
export function tablesPlan(channel: string): ProofPlan {
  const timeout = { after: `PT${HELD / 1_000}S`, resend: 1, event: EXPIRED }
  return { machine: tables(channel, timeout), course, timer: { event: EXPIRED, after: HELD } }
}

/** The request that creates the n-th saga. */
export function tableFor(n: number): object {
  return { associatedEntityId: `guest-${n}`, metadata: { n } }
}

/** A participant that knows a saga's outcome from its number. Every effect is reported to `does`, once a command. */
export function waiter(does: (effect: string) => void): ReplyRule {
  return (label, metadata, nth) => {
    const [n, tries] = [Number(metadata['n']), Number(metadata['tries'] ?? 0)]
    const again = isRepeated(n) ? AGAIN : undefined
    if (nth === 1) does(label === 'seekTable' ? seeking(n, tries) : `${n}/${label}`)
    if (label === 'giveBackTable') return { label: 'tableGivenBack', payload: {}, again }
    if (label === 'takePayment') return isSilent(n, nth) ? undefined : { label: paymentOf(n), payload: {}, again }
    const found = { payload: { tries: tries + 1 }, again }
    if (tries < busyOf(n)) return { ...found, label: 'tableBusy' }
    if (mannerOf(n) === 'early') return { ...found, label: 'tableFound', early: 'paymentTaken' }
    return { ...found, label: isHeld(n) ? 'tableHeld' : 'tableFound' }
  }
}

/** Time after which another worker may have the partition. */
const AGAIN = 4_000

/** Only some are sent twice: a second event would hide the loss of the first one. */
function isRepeated(n: number): boolean {
  return n % 5 < 2
}

/**
 * The number of events that the peer sends until the saga is in this state, when the payment's command arrived so often: one that
 * was late had its resend before it came.
 */
export function eventsOf(n: number, end: string, payments: number): number {
  const answered = seeksOf(n) + (isSilent(n, payments) ? 0 : 1) + (end === 'tableGivenBack' ? 1 : 0)
  return answered * (isRepeated(n) ? 2 : 1) + (mannerOf(n) === 'early' ? 1 : 0)
}

/** True if an event that this state does not expect is the answer to a resend, which came when the time was over. */
export function isLate(n: number, label: string, state: string): boolean {
  return mannerOf(n) === 'swallows-once' && label === 'paymentTaken' && state === 'tableGivenBack'
}

/** Up to three times no table is free, a third of the payments is refused, and the peer's manner makes some expire. */
function course(n: number): SagaCourse {
  const paid = courseTo('tablePaid', n)
  const givenBack = courseTo('tableGivenBack', n)
  // A resend saves it, unless its answer stays unread in a partition of a killed worker until the time is over.
  if (mannerOf(n) === 'swallows-once') return { ...paid, orElse: givenBack }
  return mannerOf(n) === 'swallows' || (mannerOf(n) === undefined && isRefused(n)) ? givenBack : paid
}

function courseTo(end: 'tablePaid' | 'tableGivenBack', n: number): SagaCourse {
  const seeks = Array.from({ length: seeksOf(n) }, (_, tries) => seeking(n, tries))
  const rest = ['takePayment', ...(end === 'tableGivenBack' ? ['giveBackTable'] : [])]
  return {
    commands: [...seeks.map(() => 'seekTable'), ...rest],
    effects: [...seeks, ...rest.map((label) => `${n}/${label}`)],
    end,
  }
}

function mannerOf(n: number): (typeof MANNERS)[keyof typeof MANNERS] | undefined {
  return (MANNERS as Partial<Record<number, (typeof MANNERS)[keyof typeof MANNERS]>>)[n % 20]
}

/** Its table has a time to be paid in. */
function isHeld(n: number): boolean {
  return mannerOf(n) === 'swallows' || mannerOf(n) === 'swallows-once'
}

/** True if the peer does not answer this arrival of its payment. */
function isSilent(n: number, nth: number): boolean {
  const manner = mannerOf(n)
  return manner === 'early' || manner === 'swallows' || (manner === 'swallows-once' && nth === 1)
}

function paymentOf(n: number): string {
  return isRefused(n) && !isHeld(n) ? 'paymentRefused' : 'paymentTaken'
}

function seeking(n: number, tries: number): string {
  return `${n}/seekTable/${tries}`
}

function busyOf(n: number): number {
  return n % 4
}

function seeksOf(n: number): number {
  return busyOf(n) + 1
}

function isRefused(n: number): boolean {
  return n % 3 === 2
}
