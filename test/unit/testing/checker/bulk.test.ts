import { describe } from 'vitest'
import type { BulkItem, BulkOperation, BulkRequest } from '../../../../src/orchestrator/bulk/bulk-operation.ts'
import { ID } from './hand-made.ts'
import type { HandMade } from './hand-made.ts'
import { breaks, keeps } from './judged.ts'

const HOLD: BulkRequest = {
  id: '1',
  fingerprint: 'f',
  action: { kind: 'hold' },
  filter: { isFinal: false },
  operator: 'zoe',
  reason: 'mended',
  rate: 50,
}
const NONE = { done: 0, repeated: 0, conflict: 0, refused: 0, unknown: 0 }
const DONE: BulkItem = { sagaId: ID, outcome: 'done', state: 'a', details: {} }

/** A request for the operation and its answer. */
function ask(made: HandMade, request: BulkRequest = HOLD, kind: 'begun' | 'repeated' | 'mismatch' = 'begun'): void {
  const asked = made.ask({ door: 'bulk', bulk: request })
  const first = kind === 'begun' ? request : HOLD
  const operation = operationOf({ ...first, counts: NONE, status: 'running' })
  made.answer(asked, kind === 'mismatch' ? { kind, operation } : { kind, operation })
}

function operationOf(part: Partial<BulkOperation>): BulkOperation {
  return { ...HOLD, status: 'done', startedAt: 1, counts: { ...NONE, done: 1 }, chunks: 1, ...part }
}

/** The saga is held by the operation. */
function hold(made: HandMade, record: { readonly id?: string; readonly reason?: string } = {}): void {
  const { id, operator, reason } = { id: 'bulk/1', operator: 'zoe', reason: 'mended', ...record }
  made.write({ hold: { since: made.now }, operation: { id, action: 'hold', at: made.now, operator, reason } })
}

/** The operation as it is shown at the end. */
function show(made: HandMade, items: readonly BulkItem[] = [DONE], part: Partial<BulkOperation> = {}): void {
  const counts = { ...NONE }
  for (const { outcome } of items) counts[outcome]++
  made.operations = new Map([['1', { operation: operationOf({ counts, ...part }), items }]])
}

function cancel(made: HandMade): void {
  const cancellation = { operator: 'zoe', reason: 'a mistake' }
  const asked = made.ask({ door: 'bulk-end', id: '1', cancellation })
  made.answer(asked, { kind: 'cancelled', operation: operationOf({ counts: NONE, status: 'cancelled' }) })
}

describe('P27 a bulk operation takes what its filter selects', () => {
  keeps('P27 a saga that is held as it was asked for, and a repeat of the request', (made) => {
    made.create()
    ask(made)
    hold(made)
    ask(made, HOLD, 'repeated')
    show(made)
  })
  keeps('P27 a saga that the filter selects later', (made) => {
    made.create().settle()
    ask(made, { ...HOLD, filter: { currentState: 'b' } })
    made.move('to-b')
    hold(made)
  })
  breaks('P27', {
    'a saga that nobody has asked for': (made) => void hold(made.create()),
    'a saga that is taken before the request': (made) => {
      hold(made.create())
      ask(made)
    },
    'another reason than was asked for': (made) => {
      made.create()
      ask(made)
      hold(made, { reason: 'another' })
    },
    'a saga outside of the selection': (made) => {
      made.create()
      ask(made, { ...HOLD, filter: { currentState: 'b' } })
      hold(made)
    },
    'a saga that was selected before the request alone': (made) => {
      made.create().move('to-b').settle()
      ask(made, { ...HOLD, filter: { currentState: 'a' } })
      hold(made)
    },
    'a saga without the mark of the filter': (made) => {
      made.create()
      ask(made, { ...HOLD, filter: { has: 'dead-letters' } })
      hold(made)
    },
  })
})

describe('P27 a bulk operation has one result for each of its sagas', () => {
  const begun = (made: HandMade) => ask(made.create())
  keeps('P27 a saga that was created later has none', (made) => {
    ask(made)
    made.create()
    show(made, [])
  })
  keeps('P27 a saga that the filter does not select all the time may have none', (made) => {
    made.create().settle()
    ask(made, { ...HOLD, filter: { currentState: 'a' } })
    made.move('to-b')
    show(made, [], { filter: { currentState: 'a' } })
  })
  keeps('P27 an operation that was cancelled takes no more', (made) => {
    begun(made)
    cancel(made)
    show(made, [], { status: 'cancelled' })
  })
  const held = (made: HandMade) => {
    begun(made)
    hold(made)
  }
  breaks('P27', {
    'a saga that is left out': (made) => {
      begun(made)
      show(made, [])
    },
    'a saga that was changed without a result': (made) => {
      held(made)
      show(made, [])
    },
    'two results of one saga': (made) => {
      held(made)
      show(made, [DONE, DONE])
    },
    'a result of a saga that was not changed': (made) => {
      begun(made)
      show(made)
    },
    'a refusal of a saga that was changed': (made) => {
      held(made)
      show(made, [{ sagaId: ID, outcome: 'refused', why: 'it does not fit' }])
    },
    'counts that are not those of the results': (made) => {
      held(made)
      show(made, [DONE], { counts: { ...NONE, done: 2 } })
    },
    'an operation that does not end': (made) => {
      held(made)
      made.lives('calm')
      show(made, [DONE], { status: 'running' })
    },
    'a change before the cancellation without a result': (made) => {
      held(made)
      cancel(made)
      show(made, [], { status: 'cancelled' })
    },
    'an operation that was answered and is not there': (made) => {
      begun(made)
      made.operations = new Map()
    },
    'a cancelled one that was done all the same': (made) => {
      held(made)
      cancel(made)
      show(made)
    },
  })
})

describe('P27 a repeat shows the first operation', () => {
  keeps('P27 another body under the key is a mismatch', (made) => {
    made.create()
    ask(made)
    hold(made)
    ask(made, { ...HOLD, filter: {} }, 'mismatch')
    show(made)
  })
  breaks('P27', {
    'another body that is taken for a repeat': (made) => {
      made.create()
      ask(made)
      hold(made)
      ask(made, { ...HOLD, filter: {} }, 'repeated')
      show(made)
    },
    'the same body that is a mismatch': (made) => {
      made.create()
      ask(made)
      hold(made)
      ask(made, HOLD, 'mismatch')
      show(made)
    },
    'a repeat that begins another operation': (made) => {
      made.create()
      ask(made)
      hold(made)
      show(made, [DONE], { startedAt: 2 })
    },
    'results that were answered and are gone': (made) => {
      made.create()
      const counts = { ...NONE, done: 2 }
      const asked = made.ask({ door: 'bulk', bulk: HOLD })
      hold(made)
      made.answer(asked, { kind: 'repeated', operation: operationOf({ counts }) })
      show(made)
    },
  })
})
