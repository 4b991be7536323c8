import type { LastAnswer, SagaSummary } from '../../api/documents.ts'
import type { Cause } from './causes.ts'

/** Sagas of a cause that share a last answer. */
export interface AnswerGroup {
  /** With the filter that finds these sagas and no others; itself where the filter cannot tell them from others of the cause. */
  readonly cause: Cause
  /** The answer in a sentence. */
  readonly words: string
  readonly sagas: readonly SagaSummary[]
}

/** The sagas of a cause by their last answers, most frequent first. A saga with two commands may be in two groups. */
export function groupsOf(cause: Cause, sagas: readonly SagaSummary[]): readonly AnswerGroup[] {
  const groups = new Map<string, SagaSummary[]>()
  for (const saga of sagas) {
    for (const answer of answersOf(cause, saga)) groups.set(answer, [...(groups.get(answer) ?? []), saga])
  }
  return [...groups]
    .map(([answer, of]) => groupOf(cause, answer, of))
    .toSorted((a, b) => b.sagas.length - a.sagas.length)
}

function groupOf(cause: Cause, answer: string, sagas: readonly SagaSummary[]): AnswerGroup {
  if (!hasAnswers(cause)) return { cause, words: answer, sagas }
  const filter = { ...cause.filter, lastAnswer: answer }
  return { cause: { ...cause, answer, count: sagas.length, filter }, words: answerWords(answer), sagas }
}

/** True where the sagas of a cause have last answers. */
export function hasAnswers({ kind }: Pick<Cause, 'kind'>): boolean {
  return kind === 'failing' || kind === 'dead-letters' || kind === 'dead-events'
}

function answersOf(cause: Cause, { lastAnswers = [], waitingFor = [] }: SagaSummary): readonly string[] {
  if (hasAnswers(cause)) return [...new Set(lastAnswers.filter((one) => isOf(cause, one)).map(({ answer }) => answer))]
  if (cause.kind === 'standing')
    return [waitingFor.length === 0 ? 'waits for nothing' : `waits for ${waitingFor.join(' or ').slice(0, 200)}`]
  return []
}

function isOf({ kind, channel }: Cause, { has, channel: of }: LastAnswer): boolean {
  return has === (kind === 'failing' ? 'owed' : 'dead-letters') && of === channel
}

/** `422 limit exceeded` as a sentence. */
function answerWords(answer: string): string {
  const [, status, words = ''] = /^(\d{3})(?: (.*))?$/s.exec(answer) ?? []
  if (status === undefined) return answer
  return words === '' ? `answered ${status}` : `answered ${status} “${words}”`
}
