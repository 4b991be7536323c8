import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { SagaId } from '../../../../src/engine/saga.ts'
import { isBusy } from '../../../../src/orchestrator/recovery/saga-recovery.ts'
import type { Lane } from '../../../../src/orchestrator/sending/lane.ts'
import { CLAIM, sagaOf, world } from './recovery-stage.ts'

describe('a saga in whose mailbox other work runs', () => {
  test('I5 it follows that work and is not waited for; one claim at a time', async () => {
    const { recover, mailbox, claimed } = world()
    const other = Promise.withResolvers<void>()
    void mailbox.run('s1', () => other.promise)
    expect([isBusy(await recover(sagaOf({}))), isBusy(await recover(sagaOf({}))), claimed]).toEqual([true, true, []])
    other.resolve()
    await mailbox.idle()
    expect(claimed).toEqual(['s1'])
    expect(isBusy(await recover(sagaOf({})))).toBe(false)
    expect(claimed).toEqual(['s1', 's1'])
  })

  test('I5 of two claims that were begun together the second does nothing', async () => {
    const { recover, claimed } = world()
    const [first, second] = await Promise.all([recover(sagaOf({})), recover(sagaOf({}))])
    expect([isBusy(first), isBusy(second), claimed]).toEqual([false, true, ['s1']])
  })

  test.each<[string, boolean, readonly Lane[], number]>([
    ['whose lanes had no capacity is claimed again, since the scan does not know them', true, ['bank'], 1],
    ['that had nothing to write is not', true, [], 0],
    ['that the scan waited for is not', false, ['bank'], 0],
  ])('I5 a saga %s', async (_, wasBusy, passed, claims) => {
    const { recover, mailbox, lookAt, results } = world()
    results.claim = { kind: 'left', passed }
    if (wasBusy) void mailbox.run('s1', () => Promise.resolve())
    await recover(sagaOf({}))
    await mailbox.idle()
    expect(await lookAt(100)).toBe(claims)
  })
})

describe('idle leases of this process', () => {
  const lease = (sagaId: SagaId, lane: Lane = 'bank') => ({
    id: `${sagaId}/0/0`,
    sagaId,
    channel: 'bank',
    lane,
    due: 1,
  })

  test('P16 capacity that was taken by the claims of visits and of leases counts until they have reached the queues', async () => {
    const { recover, renewed, leases, lookAt, results, heads } = world()
    results.claim = { kind: 'failed', passed: [] }
    await recover(sagaOf({}, 'visited'))
    results.claim = CLAIM
    leases.forget(lease('idle'))
    heads.set('idle', { saga: sagaOf({}, 'idle'), basis: 'w' })
    await lookAt(100)
    expect(renewed).toEqual([2, 3])
  })

  test('P28 a lane takes no more than its own capacity, and its channel no more than its own over all lanes', async () => {
    const { leases, left, lookAt, heads, claimed } = world()
    const lanes = { a1: 'bank\0a', a2: 'bank\0a', b1: 'bank\0b', c1: 'bank\0c', d1: 'bank\0d' }
    for (const [id, lane] of Object.entries(lanes)) {
      heads.set(id, { saga: sagaOf({}, id), basis: 'w' })
      leases.forget(lease(id, lane))
    }
    for (const [lane, places] of Object.entries({ bank: 2, 'bank\0a': 1, 'bank\0b': 0 })) left.set(lane, places)
    expect([await lookAt(100), claimed]).toEqual([2, ['a1', 'c1']])
  })

  test('P12 a saga that is not there any more loses its leases', async () => {
    const { leases, lookAt } = world()
    leases.forget(lease('gone'))
    expect([await lookAt(100), leases.ready()]).toEqual([0, []])
  })

  test('P13 a lease of a saga in whose mailbox other work runs, or without capacity, stays ready', async () => {
    const { leases, lookAt, heads, mailbox, results } = world()
    for (const id of ['busy', 'full']) {
      leases.forget(lease(id))
      heads.set(id, { saga: sagaOf({}, id), basis: 'w' })
    }
    const other = Promise.withResolvers<void>()
    void mailbox.run('busy', () => other.promise)
    results.claim = { kind: 'left', passed: ['bank'] }
    await lookAt(100)
    expect(leases.oldest('bank', 9).map(({ sagaId }) => sagaId)).toEqual(['busy', 'full'])
    other.resolve()
  })
})

describe('a visit by an alarm', () => {
  test('P19 it reads the newest head, and comes again within a second where it has written or the saga is gone', async () => {
    const { recovery, results, heads } = world()
    const seen: SagaId[] = []
    const woken = () => recovery.wake('s1', ({ id }) => void seen.push(id))
    const soon = { again: DEFAULTS.sweep, isPaused: false }
    expect([await woken(), seen]).toEqual([soon, []])
    heads.set('s1', { saga: sagaOf({ owed: [90] }), basis: 'w' })
    for (const kind of ['written', 'failed'] as const) {
      results.claim = { kind, passed: [] }
      expect(await woken()).toEqual(soon)
    }
    expect(seen).toEqual(['s1', 's1'])
  })

  test('P18 P19 what is due at this very instant, and waits, does not bring the alarm back at once', async () => {
    const { recovery, heads } = world()
    heads.set('s1', { saga: sagaOf({ owed: [100], deadline: 130 }), basis: 'w' })
    expect(await recovery.wake('s1', () => undefined)).toEqual({ again: 30, isPaused: false })
  })
})
