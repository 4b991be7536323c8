import { tables } from '../../services/tables.ts'
import type { ReplyRule } from './kafka-peer.ts'
import type { SagaCourse, ProofPlan } from './broken-promises.ts'

/** Tables, and the outcome of the n-th reservation. */
export function tablesPlan(channel: string): ProofPlan {
  return { machine: tables(channel), course }
}

/** The request that creates the n-th saga. */
export function tableFor(n: number): object {
  return { associatedEntityId: `guest-${n}`, metadata: { n } }
}

/** A participant that knows a saga's outcome from its number. Every effect is reported to `does`. */
export function waiter(does: (effect: string) => void): ReplyRule {
  return (label, metadata) => {
    const [n, tries] = [Number(metadata['n']), Number(metadata['tries'] ?? 0)]
    const again = isRepeated(n) ? AGAIN : undefined
    does(label === 'seekTable' ? seeking(n, tries) : `${n}/${label}`)
    if (label === 'giveBackTable') return { label: 'tableGivenBack', payload: {}, again }
    if (label === 'takePayment') return { label: isRefused(n) ? 'paymentRefused' : 'paymentTaken', payload: {}, again }
    return { label: tries < busyOf(n) ? 'tableBusy' : 'tableFound', payload: { tries: tries + 1 }, again }
  }
}

/** Time after which another worker may have the partition. */
const AGAIN = 4_000

/** Only some are sent twice: a second event would hide the loss of the first one. */
function isRepeated(n: number): boolean {
  return n % 5 < 2
}

/** The number of events that its participants send. */
export function eventsOf(n: number): number {
  return course(n).commands.length * (isRepeated(n) ? 2 : 1)
}

/** Up to three times no table is free, and a third of the payments is refused. */
function course(n: number): SagaCourse {
  const seeks = Array.from({ length: busyOf(n) + 1 }, (_, tries) => seeking(n, tries))
  const rest = ['takePayment', ...(isRefused(n) ? ['giveBackTable'] : [])]
  return {
    commands: [...seeks.map(() => 'seekTable'), ...rest],
    effects: [...seeks, ...rest.map((label) => `${n}/${label}`)],
    end: isRefused(n) ? 'tableGivenBack' : 'tablePaid',
  }
}

function seeking(n: number, tries: number): string {
  return `${n}/seekTable/${tries}`
}

function busyOf(n: number): number {
  return n % 4
}

function isRefused(n: number): boolean {
  return n % 3 === 2
}
