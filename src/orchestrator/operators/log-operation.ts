import type { Log } from '../../ports/runtime.ts'
import type { Operated, SagaOperation } from './saga-operation.ts'

/** Logs a change that an operator asked for. An item of a bulk operation is no request: only the level `debug` has it. */
export function logOperation(log: Pick<Log, 'write'>, operation: SagaOperation, operated: Operated): void {
  const { sagaId, id, action, operator, reason, dryRun, requestId } = operation
  if (operated.kind !== 'done' || dryRun === true) return
  const fields = { saga: sagaId, operation: id, action: action.kind, operator, reason }
  if (requestId === undefined) log.write('bulk.item-done', fields)
  else log.write('operation.done', { ...fields, reqId: requestId })
}
