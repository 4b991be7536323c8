/** An event that answers a command. */
export interface Emission {
  readonly label: string
  /** Milliseconds until it is sent. */
  readonly after: number
  /** The number of times that it is sent, under one key. */
  readonly times: number
}

/** The answer of a participant to one arrival of a command. */
export interface Answering {
  /** Status over HTTP. */
  readonly status: number
  /** The work is done, and the connection is cut where the answer should be. */
  readonly cut: boolean
  /** Events that are sent and acknowledged before the command is answered. */
  readonly first: readonly Emission[]
  /** Events that are sent after the answer. */
  readonly later: readonly Emission[]
}

/** The part of a command on which an answer depends. */
export interface AskedCommand {
  readonly label: string
  /** Number of the saga. */
  readonly n: number
  /** How often the command has arrived, from 1. */
  readonly nth: number
}

/** The participants' manners with the payment of the n-th order; all other commands are simply done. */
const MANNERS = [
  'prompt',
  'late',
  'prompt',
  'doubled',
  'early',
  'prompt',
  'busy',
  'cuts',
  'prompt',
  'silent-once',
  'late',
  'rejects',
  'doubled',
  'silent',
] as const
type Manner = (typeof MANNERS)[number]

/** Manners that only HTTP has: a record of Kafka has no answer. */
const OF_HTTP: ReadonlySet<string> = new Set(['busy', 'cuts', 'rejects'])

/** The longest delay of a late event, in ms. */
const LATEST = 1_500
/** Arrivals that a busy participant refuses: fewer than the attempts of the channel. */
const BUSY = 2

/** The manner of the participants with the n-th order. */
export function mannerOf(n: number, transport: Transport): string {
  const manner = MANNERS[n % MANNERS.length] ?? 'prompt'
  return transport === 'kafka' && OF_HTTP.has(manner) ? 'prompt' : manner
}

/** The way of commands and events between the service and its participants. */
export type Transport = 'http' | 'kafka'

/** The answer to one arrival. It depends on its arguments alone, so that a restarted participant knows what it still has to send. */
export function answerTo(command: AskedCommand, transport: Transport): Answering {
  const { label, n } = command
  const manner = mannerOf(n, transport)
  if (label === 'refund') return { ...DONE, first: [event('refunded')] }
  if (label === 'ship') return manner === 'early' ? DONE : { ...DONE, later: [event('shipped')] }
  return payment(manner as Manner, command, transport)
}

const DONE: Answering = { status: 202, cut: false, first: [], later: [] }

function payment(manner: Manner, { n, nth }: AskedCommand, transport: Transport): Answering {
  const paid = { ...DONE, later: [event('paid')] }
  const isFirst = nth === 1
  if (manner === 'late') return { ...DONE, later: [event('paid', { after: (n * 7_919) % LATEST })] }
  if (manner === 'doubled') return { ...DONE, later: [event('paid', { times: 2 })] }
  if (manner === 'silent' || (manner === 'silent-once' && isFirst)) return DONE
  if (manner === 'rejects') return { ...DONE, status: 500 }
  if (manner === 'busy' && nth <= BUSY) return { ...DONE, status: 503 }
  if (manner === 'cuts') return { ...paid, cut: isFirst }
  // The shipment is told before its command was sent: the event is parked, and taken when the order is paid.
  if (manner === 'early') return { ...(transport === 'http' && isFirst ? REFUSED : paid), first: [event('shipped')] }
  return paid
}

const REFUSED: Answering = { ...DONE, status: 503 }

function event(label: string, { after = 0, times = 1 }: Partial<Emission> = {}): Emission {
  return { label, after, times }
}
