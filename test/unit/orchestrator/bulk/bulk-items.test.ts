import { describe, expect, test } from 'vitest'
import { LARGEST_RECORD } from '../../../../src/codec/record-bound.ts'
import { NO_COUNTS } from '../../../../src/orchestrator/bulk/bulk-operation.ts'
import type { BulkOperation } from '../../../../src/orchestrator/bulk/bulk-operation.ts'
import { BulkPace } from '../../../../src/orchestrator/bulk/bulk-pace.ts'
import { fittingIds } from '../../../../src/orchestrator/bulk/bulk-records.ts'
import {
  alreadyDone,
  carryOut,
  itemOf,
  LARGEST_RESULT,
  unreadableItems,
} from '../../../../src/orchestrator/bulk/bulk-slice.ts'
import type { Operated, SagaOperation } from '../../../../src/orchestrator/operators/saga-operation.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { HOLD } from './bulk-stage.ts'

const OPERATION: BulkOperation = { ...HOLD, status: 'running', startedAt: 1, counts: NO_COUNTS, chunks: 0 }

/** Answers of sagas by their ids, and the operations that were asked for. */
function operatorOf(answers: Readonly<Record<string, Operated>>) {
  const asked: SagaOperation[] = []
  const operate = async (operation: SagaOperation): Promise<Operated> => {
    asked.push(operation)
    return answers[operation.sagaId] ?? { kind: 'done', sagaId: operation.sagaId, state: 'open', details: {} }
  }
  return { asked, operator: { operate } }
}

describe('P25 the results of a page in one record', () => {
  const room = LARGEST_RECORD - 4_096

  test('P25 as many sagas are taken as have room for their ids and results', () => {
    const most = Math.floor(room / LARGEST_RESULT)
    const rest = room - most * LARGEST_RESULT
    const long = 'x'.repeat(rest - 2 - 3 * (most - 1)) // with its quotes, beside ids of one letter
    const ids = [...Array.from({ length: most - 1 }, () => 'a'), long]
    expect(fittingIds(ids)).toEqual(ids)
    expect(fittingIds([...ids.slice(0, -1), `${long}x`])).toEqual(ids.slice(0, -1))
    expect(fittingIds([...ids, 'b'])).toEqual(ids)
    expect(fittingIds([])).toEqual([])
  })

  test('P25 one saga is taken, however long its id is', () => {
    const ids = ['x'.repeat(room), 'b']
    expect(fittingIds(ids)).toEqual(ids.slice(0, 1))
  })
})

describe('P25 what a result has', () => {
  test('P25 details that are too long are left out, and the result says so', () => {
    const done = (length: number): Operated => {
      return { kind: 'done', sagaId: 's1', state: 'open', details: { sent: ['x'.repeat(length)] } }
    }
    const frame = JSON.stringify({ sent: [''] }).length
    expect(itemOf('s1', done(400 - frame))).toEqual({
      sagaId: 's1',
      outcome: 'done',
      state: 'open',
      details: { sent: ['x'.repeat(400 - frame)] },
    })
    expect(itemOf('s1', done(401 - frame))).toEqual({ sagaId: 's1', outcome: 'done', state: 'open', isCut: true })
  })

  test('P25 P20 damaged sagas of a page are refused, with the reason', () => {
    const unreadable = [{ id: 's1', createdAt: 1, why: 'no JSON' }]
    expect(unreadableItems({ items: [], unreadable })).toEqual([
      { sagaId: 's1', outcome: 'refused', why: 'the saga is damaged in the store: no JSON' },
    ])
    expect(unreadableItems({ items: [] })).toEqual([])
  })

  test('P25 of a cancelled operation those sagas alone that it had changed; nothing is written', async () => {
    const { operator, asked } = operatorOf({ s2: { kind: 'repeated', sagaId: 's2', state: 'held' } })
    expect(await alreadyDone({ operator }, OPERATION, ['s1', 's2'])).toEqual([
      { sagaId: 's2', outcome: 'repeated', state: 'held' },
    ])
    expect(asked).toEqual(
      ['s1', 's2'].map((sagaId) => {
        return { sagaId, id: 'bulk/op-1', operator: 'ada', reason: 'an incident', action: HOLD.action, dryRun: true }
      }),
    )
  })

  test('P20 P25 a store that is away is no answer: it is asked again later', async () => {
    const { operator } = operatorOf({ s1: { kind: 'unavailable', why: 'no answer' } })
    const done = alreadyDone({ operator }, OPERATION, ['s1'])
    await expect(done).rejects.toThrow(new Error('read saga "s1": no answer'))
  })
})

describe('P16 the pace of a bulk operation', () => {
  test('P16 turns are a gap apart, and a late one catches up for a tenth of a second', async () => {
    const runtime = simulatedRuntime()
    const pace = new BulkPace(runtime, 20)
    await runtime.advance(1_000)
    const turns: number[] = []
    const begin = runtime.monotonic()
    const turn = () => void pace.turn().then(() => turns.push(runtime.monotonic() - begin))
    for (let at = 0; at < 6; at++) turn()
    await runtime.advance(1_000)
    expect(turns).toEqual([0, 0, 0, 50, 100, 150])
    expect(runtime.timers).toBe(0)
  })

  test('P20 once a saga fails, no lane takes a further one', async () => {
    const runtime = simulatedRuntime()
    const taken: string[] = []
    const operate = async ({ sagaId }: SagaOperation): Promise<Operated> => {
      taken.push(sagaId)
      if (sagaId === 's3') throw new Error('it broke')
      return { kind: 'done', sagaId, state: 'open', details: {} }
    }
    const persistency = { name: 'memory', probe: async () => ({ ok: true }) as const }
    const sagas = Array.from({ length: 100 }, (_, at) => `s${at}`)
    const pace = new BulkPace(runtime, 10)
    const running = carryOut({ operator: { operate }, persistency, runtime }, { operation: OPERATION, pace }, sagas)
    const failure = expect(running).rejects.toThrow('it broke')
    await runtime.advance(60_000)
    await failure
    // Those whose turn the lanes waited for are taken still.
    expect(taken.length).toBeLessThanOrEqual(4 + 16)
  })
})
