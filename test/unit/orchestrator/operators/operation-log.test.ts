import { describe, expect, test } from 'vitest'
import { logOperation } from '../../../../src/orchestrator/operators/log-operation.ts'
import type { Operated, SagaOperation } from '../../../../src/orchestrator/operators/saga-operation.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const HOLD: SagaOperation = {
  sagaId: 's1',
  id: 'key/1',
  operator: 'zoe',
  reason: 'a look',
  action: { kind: 'hold' },
  requestId: 'r7',
}
const DONE: Operated = { kind: 'done', sagaId: 's1', state: 'paying', details: {} }
const FIELDS = { saga: 's1', operation: 'key/1', action: 'hold', operator: 'zoe', reason: 'a look' }

function logged(operation: Partial<SagaOperation>, operated = DONE) {
  const { log, logged: lines } = simulatedRuntime()
  logOperation(log, { ...HOLD, ...operation }, operated)
  return lines
}

describe('P25 an action in the log', () => {
  test('P25 a request has its id', () => {
    expect(logged({})).toEqual([{ level: 'info', code: 'operation.done', fields: { ...FIELDS, reqId: 'r7' } }])
  })

  test('P25 an item of a bulk operation has the level debug alone', () => {
    expect(logged({ requestId: undefined })).toEqual([{ level: 'debug', code: 'bulk.item-done', fields: FIELDS }])
  })

  test.each<[string, Partial<SagaOperation>, Operated]>([
    ['a dry run', { dryRun: true }, DONE],
    ['a repeat', {}, { kind: 'repeated', sagaId: 's1', state: 'paying' }],
    ['a refusal', {}, { kind: 'refused', sagaId: 's1', why: 'no' }],
    ['an outage', {}, { kind: 'unavailable', why: 'no answer' }],
  ])('P25 %s is not logged', (_, operation, operated) => {
    expect(logged(operation, operated)).toEqual([])
  })
})
