import type { ServiceAnswer } from '../../service/api-client.ts'
import { failureText } from '../../service/api-client.ts'
import { table } from '../../service/table.ts'
import { factsOf } from './facts-of.ts'

/** The answer to one request of a command. */
export interface ActionResult {
  /** The saga, or the part of a saga. */
  readonly id: string
  readonly saga: string
  readonly answer: ServiceAnswer
}

interface DoneAnswer {
  readonly outcome: string
  readonly currentState: string
  readonly details?: object
  readonly dryRun?: boolean
}

/** True where every request is done. */
export function areDone(results: readonly ActionResult[]): boolean {
  return results.every(({ answer }) => answer.ok)
}

/** Results as a table for people. */
export function formatResults(results: readonly ActionResult[]): string {
  return table(['ID', 'OUTCOME', 'STATE', 'DETAILS'], results.map(rowOf))
}

/** Results as JSON: the answers of the API, and the failures in the same form. */
export function jsonResults(results: readonly ActionResult[]): string {
  return `${JSON.stringify(results.map(shown), undefined, 2)}\n`
}

function shown({ id, saga, answer }: ActionResult): object {
  const part = id === saga ? {} : { id }
  if (answer.ok) return { ...(answer.value as object), ...part }
  return { sagaId: saga, ...part, outcome: 'failed', statusCode: answer.status, message: answer.message }
}

function rowOf({ id, answer }: ActionResult): readonly string[] {
  if (!answer.ok) return [id, 'failed', '', failureText(answer)]
  const { outcome, currentState, details = {}, dryRun } = answer.value as DoneAnswer
  return [id, dryRun === true ? `would be ${outcome}` : outcome, currentState, factsOf(details)]
}
