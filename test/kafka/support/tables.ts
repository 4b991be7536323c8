import { tables } from '../../services/tables.ts'
import type { Answering } from './peer.ts'
import type { Course, Plan } from './verdict.ts'

/** Tables, and what becomes of the n-th one. */
export function tablesPlan(channel: string): Plan {
  return { machine: tables(channel), course }
}

/** What creates the n-th saga. */
export function tableFor(n: number): object {
  return { associatedEntityId: `guest-${n}`, metadata: { n } }
}

/** A participant that knows from a saga's number what is to become of it. Every effect is told to `does`. */
export function waiter(does: (effect: string) => void): Answering {
  return (label, metadata) => {
    const [n, tries] = [Number(metadata['n']), Number(metadata['tries'] ?? 0)]
    const again = isRepeated(n) ? AGAIN : undefined
    does(label === 'seekTable' ? seeking(n, tries) : `${n}/${label}`)
    if (label === 'giveBackTable') return { label: 'tableGivenBack', payload: {}, again }
    if (label === 'takePayment') return { label: isRefused(n) ? 'paymentRefused' : 'paymentTaken', payload: {}, again }
    return { label: tries < busyOf(n) ? 'tableBusy' : 'tableFound', payload: { tries: tries + 1 }, again }
  }
}

/** By then the partition may be somebody else's. */
const AGAIN = 4_000

/** Not all: an event that comes again would make up for one that was lost. */
function isRepeated(n: number): boolean {
  return n % 5 < 2
}

/** How many events its participants send. */
export function eventsOf(n: number): number {
  return course(n).commands.length * (isRepeated(n) ? 2 : 1)
}

/** Up to three times no table is free, a third of the payments is refused. */
function course(n: number): Course {
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
