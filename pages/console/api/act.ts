import { encoded } from '../address.ts'
import { ask, refusal, type ApiRequest } from './request.ts'
import { outcomeWords } from './outcome-words.ts'

/** The person and the reason behind an action. */
export interface Origin {
  readonly operator: string
  readonly reason: string
  /** A repeat under this key changes nothing more. */
  readonly key: string
}

/** The end of an action, in words. */
export interface Acted {
  readonly isDone: boolean
  readonly words: readonly string[]
  /** The action may have been carried out: the same request under its key tells. */
  readonly mayRepeat?: boolean
  readonly json?: unknown
}

/** The headers of an action: name and reason are percent-encoded UTF-8. */
export function originHeaders({ operator, reason, key }: Origin): Readonly<Record<string, string>> {
  return {
    ...(reason !== '' && { 'x-reason': encoded(reason) }),
    ...(operator !== '' && { 'x-operator': encoded(operator) }),
    'idempotency-key': encoded(key),
  }
}

/** Sends an action and puts its answer into words. Without an answer the fate of the action is unknown, which is said. */
export async function act(request: ApiRequest): Promise<Acted> {
  try {
    const answer = await ask(request)
    const json = jsonOf(answer.text)
    if (answer.isOk) return { isDone: true, words: outcomeWords(json), json }
    if (answer.status === 401) return { isDone: false, words: ['This token only reads: an action wants API_TOKEN.'] }
    const mayRepeat = answer.status === 503 || answer.status === 429
    return { isDone: false, words: [refusal(answer)], mayRepeat, json }
  } catch {
    const words = ['There was no answer. The action is done or not: send it again, its key makes a repeat harmless.']
    return { isDone: false, words, mayRepeat: true }
  }
}

/** The name of the operator, kept for this tab. */
export const operatorName = {
  value: (): string => sessionStorage.getItem('batuta.operator') ?? '',
  keep: (name: string): void => sessionStorage.setItem('batuta.operator', name),
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
