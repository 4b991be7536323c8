import type { DeadLetter, Debt, Saga, SendReport } from '../engine/saga.ts'

/** The last answer behind the trouble of a saga, in words that sagas of one cause share. */
export interface LastAnswer {
  /** The filter by mark that finds it. */
  readonly has: 'owed' | 'dead-letters'
  /** Absent for an event. */
  readonly channel?: string | undefined
  /** `422 limit exceeded`, `no answer: …`, `given up: …`, `event paid: …`. A word with a digit is `#`: it differs from saga to saga. */
  readonly answer: string
}

/** A filter by last answer. `has` and `channel` are the filters beside it, and choose the commands whose answer counts. */
export interface AnswerFilter {
  readonly lastAnswer?: string | undefined
  readonly has?: string | undefined
  readonly channel?: string | undefined
}

/** Characters of an answer that count. */
const LONGEST = 160

/** The last answers of commands that are owed and were sent in vain, and of dead letters, each once. */
export function lastAnswersOf({ owed, deadLetters }: Pick<Saga, 'owed' | 'deadLetters'>): readonly LastAnswer[] {
  const all = [...owed.flatMap(ofDebt), ...deadLetters.map(ofLetter)]
  return all.length < 2 ? all : [...new Map(all.map((one) => [JSON.stringify(one), one])).values()]
}

/** True where the saga has this last answer at a command of these filters. */
export function hasLastAnswer(saga: Pick<Saga, 'owed' | 'deadLetters'>, filter: AnswerFilter): boolean {
  const { lastAnswer, has, channel } = filter
  const isOurs = (one: LastAnswer) =>
    one.answer === lastAnswer &&
    (has === undefined || one.has === has) &&
    (channel === undefined || one.channel === channel)
  return lastAnswersOf(saga).some(isOurs)
}

function ofDebt({ channel, last }: Debt): readonly LastAnswer[] {
  return last === undefined ? [] : [{ has: 'owed', channel, answer: sent(last) }]
}

function ofLetter(letter: DeadLetter): LastAnswer {
  const has = 'dead-letters'
  if (letter.kind === 'event') return { has, answer: `event ${letter.label}: ${shared(letter.why)}` }
  const { channel, last, why } = letter
  return { has, channel, answer: last === undefined ? `given up: ${shared(why)}` : sent(last) }
}

function sent({ status, answer = '' }: SendReport): string {
  return status === undefined ? `no answer: ${shared(answer)}` : `${status} ${shared(answer)}`.trimEnd()
}

/** The text without the words that only one saga has: ids, amounts, instants. */
function shared(text: string): string {
  const words = text.slice(0, LONGEST).replaceAll(/[\p{L}\p{N}_-]+/gu, (word) => (/\p{N}/u.test(word) ? '#' : word))
  return words.replaceAll(/\s+/g, ' ').trim().toWellFormed()
}
