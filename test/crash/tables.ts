import type { Reaction, Received } from '../services/participant.ts'
import type { ParticipantScript } from './load.ts'

/** No table is free up to three times; every third payment is refused. */
export const TABLES: ParticipantScript = { behaviour: waiter, last: new Set(['paymentTaken', 'tableGivenBack']) }

/** The expected final state and number of commands of the n-th saga. */
export function courseOf(n: number): { readonly end: string; readonly commands: number } {
  const isRefused = n % 3 === 0
  return { end: isRefused ? 'tableGivenBack' : 'tablePaid', commands: (n % 4) + (isRefused ? 3 : 2) }
}

/** The result of a command follows from the number of its saga alone, at every repeat. */
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

/** Some participants emit before they answer, some answer late, some answers are lost. */
function mannerOf(n: number, nth: number): Reaction {
  if (losesAnswers(n)) return { cut: nth === 1 }
  return [{}, { emitFirst: true }, { wait: 20 }][n % 3] ?? {}
}

/** True if the participants disconnect at the first attempt of every command, so that each is sent twice at least. */
export function losesAnswers(n: number): boolean {
  return n % 20 === 0
}
