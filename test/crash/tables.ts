import type { Reaction, Received } from '../services/participant.ts'
import type { ParticipantScript } from './load.ts'

/** Up to three times no table is free; every third payment is refused. */
export const TABLES: ParticipantScript = { behaviour: waiter, last: new Set(['paymentTaken', 'tableGivenBack']) }

/** Where the n-th saga must end, and with how many commands. */
export function courseOf(n: number): { readonly end: string; readonly commands: number } {
  const isRefused = n % 3 === 0
  return { end: isRefused ? 'tableGivenBack' : 'tablePaid', commands: (n % 4) + (isRefused ? 3 : 2) }
}

/** What a command comes to follows from its saga's number alone, however often it arrives. */
function waiter(command: Received): Reaction {
  const [n, tries] = [Number(command.payload['n']), Number(command.payload['tries'] ?? 0)]
  const answer = answerOf(command.label, n, tries)
  return { ...mannerOf(n, command.nth), ...answer }
}

function answerOf(label: string, n: number, tries: number): Pick<Reaction, 'emit' | 'payload'> {
  if (label === 'giveBackTable') return { emit: 'tableGivenBack', payload: {} }
  if (label === 'takePayment') return { emit: n % 3 === 0 ? 'paymentRefused' : 'paymentTaken', payload: {} }
  return { emit: tries < n % 4 ? 'tableBusy' : 'tableFound', payload: { tries: tries + 1 } }
}

/** Some tell before they answer, some answer late, some answers are lost. */
function mannerOf(n: number, nth: number): Reaction {
  if (losesAnswers(n)) return { cut: nth === 1 }
  return [{}, { emitFirst: true }, { wait: 20 }][n % 3] ?? {}
}

/** Whether its participants hang up on every command once, so that all of them go twice at least. */
export function losesAnswers(n: number): boolean {
  return n % 20 === 0
}
