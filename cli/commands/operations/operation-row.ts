import { table } from '../../service/table.ts'

/** A bulk operation as the service shows it. */
export interface OperationShown {
  readonly id: string
  readonly status: string
  readonly action: string
  readonly startedAt: string
  readonly operator: string
  readonly reason: string
  readonly counts: Readonly<Record<string, number>>
}

/** One result of an operation, or of its dry run. */
export interface ItemShown {
  readonly sagaId: string
  readonly outcome: string
  readonly state?: string
  readonly why?: string
}

/** Operations as a table for people. */
export function operationTable(operations: readonly OperationShown[]): string {
  return table(['OPERATION', 'ACTION', 'STATUS', 'STARTED', 'BY', 'COUNTS', 'REASON'], operations.map(rowOf))
}

/** Results as a table for people. */
export function itemTable(items: readonly ItemShown[]): string {
  const rows = items.map(({ sagaId, outcome, state, why }) => [sagaId, outcome, state, why])
  return table(['SAGA', 'OUTCOME', 'STATE', 'WHY'], rows)
}

/** An answer as JSON on the terminal. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function rowOf({ id, action, status, startedAt, operator, counts, reason }: OperationShown): readonly string[] {
  const numbers = Object.entries(counts).filter(([, count]) => count > 0)
  const shown = numbers.map(([outcome, count]) => `${count} ${outcome}`).join(', ')
  return [id, action, status, startedAt, operator, shown, reason]
}
