import type { SagaDocument } from '../../src/codec/saga-document.ts'
import type { Reaction, Received } from '../services/participant.ts'
import type { AnsweredCreation, ParticipantScript } from './load.ts'

/** `timeout.after` of a held table in milliseconds, and the answers after which a command is given up. */
const [AFTER, ATTEMPTS] = [1_000, 3]
const JAMMED = 'the till is jammed'

/** The timeout of a held table, and the retries of its channel. */
export const PATIENCE = {
  timeout: { after: 'PT1S', resend: 1, event: 'paymentExpired' },
  retry: { attempts: ATTEMPTS, firstWait: 'PT0.05S', longestWait: 'PT0.4S' },
} as const

/** The participants' manners with some sagas: those of the first three need timers. */
const MANNERS = { 3: 'swallows-once', 7: 'swallows', 11: 'rejects', 13: 'early', 17: 'busy', 33: 'early' } as const
const TIMED: readonly string[] = ['swallows-once', 'swallows', 'rejects']
type Manner = 'prompt' | (typeof MANNERS)[keyof typeof MANNERS]

/** The play of the n-th sagas: no table is free up to three times; every third payment is refused; some participants make sagas wait. */
export class Tables implements ParticipantScript {
  readonly last: ReadonlySet<string> = new Set(['paymentTaken', 'tableGivenBack'])
  readonly #hasTimers: boolean

  /** Without timers, tables are not held for payment. */
  constructor(hasTimers: boolean) {
    this.#hasTimers = hasTimers
  }

  /** The result of a command follows from the number of its saga and the number of its arrival alone. */
  behaviour = (command: Received): Reaction => {
    const n = Number(command.payload['n'])
    const manner = this.mannerOf(n)
    if (command.label === 'giveBackTable') return { ...tempoOf(n, command.nth), emit: 'tableGivenBack' }
    if (command.label === 'takePayment') return payment(manner, command)
    return seek(manner, command)
  }

  mannerOf(n: number): Manner {
    const manner = (MANNERS as Partial<Record<number, Manner>>)[n % 40] ?? 'prompt'
    return TIMED.includes(manner) && !this.#hasTimers ? 'prompt' : manner
  }

  /** True if participants make this saga's commands come more than once, kill or none. */
  repeats(n: number): boolean {
    return n % 20 === 0 || this.mannerOf(n) !== 'prompt'
  }

  /** Every broken promise of a saga that has come to rest. */
  problems({ n, sagaId }: AnsweredCreation, document: SagaDocument): readonly string[] {
    const manner = this.mannerOf(n)
    const { currentState, history, parked, timer, hold } = document
    const ends = endsOf(n, manner)
    const end = `${currentState} after ${history.events.length - 1} events`
    return [
      ...(ends.includes(end) ? [] : [`it is ${end}, expected ${ends.join(' or ')}`]),
      ...Object.entries({ parked, timer, hold }).flatMap(([left, of]) => (of ? [`it has "${left}"`] : [])),
      ...repeatedIds(document),
      ...deadline(document),
      ...deadLetters(document, manner),
    ].map((problem) => `saga ${sagaId} (${n}, ${manner}): ${problem}`)
  }
}

/** A held table may be paid for after a resend, unless a kill takes the time: then its payment expires. */
function endsOf(n: number, manner: Manner): readonly string[] {
  const [paid, givenBack] = [`tablePaid after ${(n % 4) + 2} events`, `tableGivenBack after ${(n % 4) + 3} events`]
  if (manner === 'swallows-once') return [paid, givenBack]
  if (TIMED.includes(manner)) return [givenBack]
  return manner !== 'early' && isRefused(n) ? [givenBack] : [paid]
}

function seek(manner: Manner, { nth, payload }: Received): Reaction {
  const [n, tries] = [Number(payload['n']), Number(payload['tries'] ?? 0)]
  const found = { payload: { tries: tries + 1 }, ...tempoOf(n, nth) }
  if (tries < n % 4) return { ...found, emit: 'tableBusy' }
  // The payment is told before the table is: it is parked, and taken when the table is found.
  if (manner === 'early' && nth === 1) return { status: 503, emit: 'paymentTaken', emitFirst: true }
  return { ...found, emit: TIMED.includes(manner) ? 'tableHeld' : 'tableFound' }
}

function payment(manner: Manner, { nth, payload }: Received): Reaction {
  const n = Number(payload['n'])
  const isFirst = nth === 1
  if (manner === 'early' || manner === 'swallows' || (manner === 'swallows-once' && isFirst)) return {}
  if (manner === 'rejects') return { status: 500, body: JAMMED }
  if (manner === 'busy' && isFirst) return { status: 429, headers: { 'retry-after': '1' } }
  const isTaken = manner === 'swallows-once' || !isRefused(n)
  return { ...tempoOf(n, nth), emit: isTaken ? 'paymentTaken' : 'paymentRefused' }
}

/** Some participants emit before they answer, some answer late, some disconnect at the first attempt of every command. */
function tempoOf(n: number, nth: number): Reaction {
  if (n % 20 === 0) return { cut: nth === 1 }
  return [{}, { emitFirst: true }, { wait: 20 }][n % 3] ?? {}
}

function isRefused(n: number): boolean {
  return n % 3 === 0
}

/** I4: an event that was retried, parked or fired by a timer is in the history once. */
function repeatedIds({ history: { events } }: SagaDocument): readonly string[] {
  const ids = events.map(({ id, event }) => `${id} ${event}`)
  return ids.filter((id, at) => ids.indexOf(id) < at).map((id) => `the event ${id} is twice in its history (I4)`)
}

/** P18: the event of the timer comes after the whole time of the first send and of the resend, under its own id. */
function deadline({ history: { events, states } }: SagaDocument): readonly string[] {
  const at = events.findIndex(({ event }) => event === 'paymentExpired')
  if (at < 0) return []
  const stay = Date.parse(states[at]?.timestamp ?? '') - Date.parse(states[at - 1]?.timestamp ?? '')
  return [
    ...(stay >= 2 * AFTER ? [] : [`its payment expired after ${stay} ms (P18)`]),
    ...(events[at]?.id === `timer/${at - 1}` ? [] : [`the id of its timer is "${events[at]?.id}" (P18)`]),
  ]
}

/** P13–P15: a dead letter is one that its participant refused as often as the channel allows, in its words. */
function deadLetters({ deadLetters: letters = [] }: SagaDocument, manner: Manner): readonly string[] {
  const found = letters.map((one) => [one.label, one.why, one.attempts, one.last?.answer].join(', '))
  const wanted = manner === 'rejects' ? [['takePayment', 'status 500', ATTEMPTS, JAMMED].join(', ')] : []
  return String(found) === String(wanted)
    ? []
    : [`its dead letters are [${found.join('; ')}], expected [${wanted.join()}]`]
}
