import type { Log } from '../ports/runtime.ts'
import type { Operated, SagaOperation } from './saga-operation.ts'

/** Logs a change that an operator asked for. An item of a bulk operation, which is no request, is not logged one by one. */
export function logOperation(log: Pick<Log, 'write'>, operation: SagaOperation, operated: Operated): void {
  const { sagaId, id, action, operator, reason, dryRun, requestId } = operation
  if (operated.kind !== 'done' || dryRun === true || requestId === undefined) return
  const fields = { saga: sagaId, operation: id, action: action.kind, operator, reason, reqId: requestId }
  log.write('operation.done', fields)
}
