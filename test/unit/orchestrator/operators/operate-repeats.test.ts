import { describe, expect, test } from 'vitest'
import { actionFingerprintOf } from '../../../../src/orchestrator/ids.ts'
import type { OperationRecord } from '../../../../src/engine/operation-record.ts'
import { evolve } from '../../../../src/engine/evolve.ts'
import type { Operated, SagaAction } from '../../../../src/orchestrator/operators/saga-operation.ts'
import { BUSY, DELIVERED } from '../../../fakes/channel.ts'
import { passing, stage } from '../stage.ts'
import type { Stage } from '../stage.ts'

function operate(play: Stage, action: SagaAction, id: string): Promise<Operated> {
  const operation = { sagaId: 's1', id, operator: 'zoe', reason: 'mended', action }
  return passing(play.runtime, play.orchestrator.operate(operation))
}

describe('P25 a key stands for one action with its arguments', () => {
  const move = { kind: 'move', state: 'reservationCreated', command: false } as const
  test.each<[string, SagaAction, SagaAction, 'repeated' | 'mismatch']>([
    ['the same move', move, { ...move }, 'repeated'],
    [
      'absent arguments that are absent otherwise',
      { kind: 'redeliver', channel: undefined },
      { kind: 'redeliver' },
      'repeated',
    ],
    [
      'a patch with its keys in another order',
      { kind: 'patch-metadata', metadata: { a: { x: 1, y: 2 }, b: null } },
      { kind: 'patch-metadata', metadata: { b: null, a: { y: 2, x: 1 } } },
      'repeated',
    ],
    ['a move with its command', move, { ...move, command: true }, 'mismatch'],
    ['a move to another state', move, { ...move, state: 'done' }, 'mismatch'],
    [
      'another patch',
      { kind: 'patch-metadata', metadata: { n: 1 } },
      { kind: 'patch-metadata', metadata: { n: '1' } },
      'mismatch',
    ],
    ['another action', { kind: 'hold' }, { kind: 'release' }, 'mismatch'],
  ])('P25 %s', async (_, first, second, kind) => {
    const play = stage()
    play.channel.always(kind === 'repeated' ? BUSY : DELIVERED)
    await play.create()
    await play.settle()
    expect(await operate(play, first, 'key/1')).toMatchObject({ kind: 'done' })
    const saves = play.store.saves.length
    const answer = await operate(play, second, 'key/1')
    expect(answer).toMatchObject({ kind, sagaId: 's1' })
    if (answer.kind === 'mismatch') {
      expect(answer.operation).toBe('key/1')
      expect(answer.why).toMatch(new RegExp(`was a "${first.kind}".* at \\d{4}-.*Z, expected another idempotency-key`))
    }
    expect(play.store.saves).toHaveLength(saves)
  })

  test('P25 a record of an earlier version has no fingerprint, so its repeat is known by the kind of the action', async () => {
    const play = stage()
    await play.create()
    const loaded = await play.store.load('s1')
    if (loaded === undefined) throw new Error('there is no saga')
    const operation: OperationRecord = { id: 'key/1', action: 'move', at: 1, operator: 'zoe', reason: 'x' }
    const change = { sagaId: 's1', writeId: 'w', at: 1, operation }
    await play.store.save(change, evolve(loaded.saga, change), loaded.basis)
    expect(await operate(play, move, 'key/1')).toMatchObject({ kind: 'repeated' })
    expect(await operate(play, { kind: 'hold' }, 'key/1')).toMatchObject({ kind: 'mismatch' })
  })

  test('P25 the fingerprint is in the store and not in the document for people', async () => {
    const play = stage()
    await play.create()
    await operate(play, { kind: 'hold' }, 'key/1')
    const loaded = await play.store.load('s1')
    const fingerprint = actionFingerprintOf({ kind: 'hold' })
    expect(loaded?.saga.operations).toMatchObject([{ fingerprint }])
    const { history } = (await play.store.document('s1')) ?? {}
    expect(history?.operations).toEqual([expect.not.objectContaining({ fingerprint })])
  })
})
