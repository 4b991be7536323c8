import type { SagaDocument } from '../../src/codec/saga-document.ts'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import type { Reaction, Received } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'
import type { SagaFile } from '../services/reservation.ts'
import { leftWaiting, repeatedEvents, timerProblems } from '../services/waits.ts'
import type { AnsweredCreation, ParticipantScript } from './load.ts'

/** Answers after which a command is given up. */
const ATTEMPTS = 3
const JAMMED = 'the till is jammed'

/** An order that is paid and shipped; its payment has a deadline, after which it is refunded. `after`: ISO 8601. */
export function machineOfOrders(after: string, channel = 'reservations'): MachineDefinition {
  const asks = (id: string, label: string, transition: { inputEvent: string; targetState: string }) => ({
    id,
    isFinal: false,
    outputCommand: { label, channel },
    outgoingTransitions: [transition],
  })
  return {
    initialState: 'paying',
    states: [
      {
        id: 'paying',
        isFinal: false,
        outputCommand: { label: 'pay', channel },
        timeout: { after, resend: 1, event: 'paymentExpired' },
        outgoingTransitions: [
          { inputEvent: 'paid', targetState: 'shipping' },
          { inputEvent: 'paymentExpired', targetState: 'refunding' },
        ],
      },
      asks('shipping', 'ship', { inputEvent: 'shipped', targetState: 'done' }),
      asks('refunding', 'refund', { inputEvent: 'refunded', targetState: 'failed' }),
      { id: 'done', isFinal: true },
      { id: 'failed', isFinal: true },
    ],
  }
}

/** The saga.json of a machine of orders for a participant at this port and a store: retries, timers and parking are on. */
export function orders(machine: MachineDefinition, port: number, store: object): SagaFile {
  return reservation(port, (file) => {
    file.machineDefinition = machine
    file.persistencyManagement = store
    file.settings = { unexpectedEvents: 'park' }
    const retry = { attempts: ATTEMPTS, firstWait: 'PT0.05S', longestWait: 'PT0.4S' }
    for (const channel of file.communicationProtocols) channel.configurations['retry'] = retry
  })
}

/** The participants' manners with the payment of the n-th order; all other commands are simply done. */
const MANNERS = ['prompt', 'swallows-once', 'prompt', 'early', 'rejects', 'prompt', 'busy', 'swallows', 'cuts'] as const
type Manner = (typeof MANNERS)[number]

export const PAYMENTS: ParticipantScript = { behaviour: react, last: new Set(['shipped', 'refunded']) }

export function mannerOf(n: number): Manner {
  return MANNERS[n % MANNERS.length] ?? 'prompt'
}

function react({ label, nth, payload }: Received): Reaction {
  if (label === 'ship') return { emit: 'shipped' }
  if (label === 'refund') return { emit: 'refunded', emitFirst: true }
  return payment(mannerOf(Number(payload['n'])), nth)
}

function payment(manner: Manner, nth: number): Reaction {
  const [isFirst, done] = [nth === 1, { emit: 'paid' }]
  if (manner === 'swallows' || (manner === 'swallows-once' && isFirst)) return {}
  if (manner === 'rejects') return { status: 500, body: JAMMED }
  if (manner === 'busy' && isFirst) return { status: 429, headers: { 'retry-after': '1' } }
  // The shipment is told before its command was sent: the event is parked, and taken when the order is paid.
  if (manner === 'early' && isFirst) return { status: 503, emit: 'shipped', emitFirst: true }
  return manner === 'cuts' ? { ...done, cut: isFirst } : done
}

/** Every broken promise of retries, timers and parked events. `after`: milliseconds of a payment's deadline. */
export function waitingProblems(
  { n, sagaId }: AnsweredCreation,
  document: SagaDocument,
  after: number,
): readonly string[] {
  const manner = mannerOf(n)
  const { currentState, owed } = document
  const isLost = manner === 'swallows' || manner === 'rejects'
  return [
    ...(owed === undefined ? [] : ['it owes commands']),
    ...leftWaiting(document),
    ...repeatedEvents(document),
    ...(isLost && currentState !== 'failed' ? [`it is "${currentState}", though it was never paid (P18)`] : []),
    ...timerProblems(document, { event: 'paymentExpired', after }),
    ...deadLetters(document, manner),
  ].map((problem) => `saga ${sagaId} (${manner}): ${problem}`)
}

/** A dead letter is one that its participant refused as often as the channel allows, in its words (P13–P15). */
function deadLetters({ deadLetters: letters = [] }: SagaDocument, manner: Manner): readonly string[] {
  const found = letters.map((one) => [one.label, one.why, one.attempts, one.last?.answer].join(', '))
  const wanted = manner === 'rejects' ? [['pay', 'status 500', ATTEMPTS, JAMMED].join(', ')] : []
  return String(found) === String(wanted)
    ? []
    : [`its dead letters are [${found.join('; ')}], expected [${wanted.join()}]`]
}
