import type { SagaDocument, SendReport } from '../../api/documents.ts'
import type { Cause } from './causes.ts'

/** A last answer, and the number of sagas that have it. */
export interface AnswerGroup {
  readonly words: string
  readonly count: number
}

/** The last answers behind a cause, most frequent first. */
export function answersOf(cause: Cause, sagas: readonly SagaDocument[]): readonly AnswerGroup[] {
  const groups = new Map<string, number>()
  for (const saga of sagas) {
    for (const words of new Set(wordsOf(cause, saga))) groups.set(words, (groups.get(words) ?? 0) + 1)
  }
  return [...groups].map(([words, count]) => ({ words, count })).toSorted((a, b) => b.count - a.count)
}

function wordsOf(
  { kind, channel }: Cause,
  { owed = [], deadLetters = [], waitingFor = [], parked = [] }: SagaDocument,
): readonly string[] {
  const isOurs = (one: { readonly channel?: string }) => channel === undefined || one.channel === channel
  if (kind === 'failing') return owed.filter(isOurs).map(({ last }) => answerWords(last, 'no answer yet'))
  if (kind === 'dead-letters') {
    return deadLetters
      .filter((one) => one.kind === 'command' && isOurs(one))
      .map(({ last, why }) => answerWords(last, why))
  }
  if (kind === 'dead-events')
    return deadLetters.filter((one) => one.kind === 'event').map(({ label, why }) => `${label}: ${why}`)
  if (kind === 'parked') return parked.map(({ event }) => `${event.label} came early`)
  if (kind === 'standing')
    return [waitingFor.length === 0 ? 'waits for nothing' : `waits for ${waitingFor.join(' or ')}`]
  return []
}

const MOST = 160

function answerWords(last: SendReport | undefined, otherwise: string): string {
  if (last === undefined) return otherwise.slice(0, MOST)
  const answer = (last.answer ?? '').slice(0, MOST)
  return last.status === undefined
    ? `no answer: ${answer}`
    : `answered ${last.status}${answer === '' ? '' : ` “${answer}”`}`
}
