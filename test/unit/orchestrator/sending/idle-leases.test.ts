import { expect, test } from 'vitest'
import { IdleLeases } from '../../../../src/orchestrator/sending/idle-leases.ts'
import type { IdleLease } from '../../../../src/orchestrator/sending/idle-leases.ts'
import { InFlight } from '../../../../src/orchestrator/sending/in-flight.ts'

const lease = (id: string, more: Partial<IdleLease> = {}): IdleLease => {
  return { id, sagaId: `saga of ${id}`, channel: 'bank', due: 1, ...more }
}
const idsOf = (leases: IdleLeases, lane = 'bank') => leases.oldest(lane, 9).map(({ id }) => id)

function filled(...ids: readonly string[]): IdleLeases {
  const leases = new IdleLeases(10)
  for (const id of ids) leases.forget(lease(id))
  return leases
}

test('P16 a lease is found in its lane; without one that is its channel', () => {
  const leases = filled('a')
  leases.forget(lease('b', { lane: 'bank\0k' }))
  expect([leases.ready(), leases.isReady('bank\0k'), leases.isReady('shop')]).toEqual([
    ['bank', 'bank\0k'],
    true,
    false,
  ])
  expect(leases.oldest('bank\0k', 9)).toEqual([{ ...lease('b'), lane: 'bank\0k', isWaiting: false }])
  expect([idsOf(leases, 'shop'), leases.oldest('bank', 0)]).toEqual([[], []])
})

test('P28 lanes without leases are forgotten', () => {
  const leases = filled('a')
  leases.drop('a')
  leases.drop('never seen')
  leases.postpone(lease('b'))
  leases.drop('b')
  expect([leases.ready(), leases.release('bank')]).toEqual([[], false])
})

test('P14 the participant answers: its waiting commands become ready in their own lanes, once', () => {
  const leases = filled()
  leases.postpone(lease('a', { lane: 'bank\0k' }))
  leases.postpone(lease('b', { channel: 'shop' }))
  expect([leases.hasForgotten({ id: 'a', due: 1 }), leases.ready()]).toEqual([false, []])
  expect([leases.release('bank'), leases.release('bank')]).toEqual([true, false])
  expect([leases.hasForgotten({ id: 'a', due: 1 }), leases.ready()]).toEqual([true, ['bank\0k']])
  leases.drop('a')
  expect([leases.ready(), leases.release('shop')]).toEqual([[], true])
})

test('P12 a lease that was written again has its new time and its new place', () => {
  const leases = filled('a', 'b')
  leases.forget(lease('a', { due: 2 }))
  expect([idsOf(leases), leases.hasForgotten({ id: 'a', due: 1 })]).toEqual([['b', 'a'], false])
  leases.postpone(lease('b'))
  expect([idsOf(leases), leases.release('bank'), idsOf(leases)]).toEqual([['a'], true, ['a', 'b']])
})

test('P13 a lease whose claim was lost goes last; one that is gone or was written again stays as it is', () => {
  const leases = filled('a', 'b', 'c')
  leases.putLast({ id: 'a', due: 1 })
  leases.putLast({ id: 'b', due: 2 })
  leases.putLast({ id: 'gone', due: 1 })
  expect(idsOf(leases)).toEqual(['b', 'c', 'a'])
})

test('P13 a lease that rests is still ours and is not looked at, until it is written again', () => {
  const leases = filled('a', 'b')
  leases.rest({ id: 'a', due: 1 })
  leases.rest({ id: 'b', due: 2 })
  leases.rest({ id: 'gone', due: 1 })
  expect([idsOf(leases), leases.hasForgotten({ id: 'a', due: 1 })]).toEqual([['b'], true])
  leases.forget(lease('a'))
  expect(idsOf(leases)).toEqual(['b', 'a'])
})

test('P13 P14 a waiting lease does not rest: it becomes ready with its participant', () => {
  const leases = filled()
  leases.postpone(lease('a'))
  leases.rest({ id: 'a', due: 1 })
  leases.putLast({ id: 'a', due: 1 })
  expect([idsOf(leases), leases.release('bank'), idsOf(leases)]).toEqual([[], true, ['a']])
})

test('P16 the oldest one makes place, a waiting one too', () => {
  const leases = new IdleLeases(2)
  leases.postpone(lease('a'))
  for (const id of ['b', 'c', 'b']) leases.forget(lease(id))
  expect([idsOf(leases), leases.release('bank')]).toEqual([['c', 'b'], false])
})

test('P17 each caller that waits for a command has its result, once; one that is dropped has none', async () => {
  const flight = new InFlight()
  for (const id of ['a', 'b']) flight.add(id)
  const fates = [flight.fateOf('a'), flight.fateOf('a'), flight.fateOf('b'), flight.fateOf('never seen')]
  flight.answered('a', { kind: 'delivered' })
  flight.answered('a', { kind: 'given-up' })
  flight.release('b')
  expect(await Promise.all(fates)).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }, undefined, undefined])
  expect([flight.has('a'), flight.has('b')]).toEqual([true, false])
})

test('I9 it is idle when the last command has left', async () => {
  const flight = new InFlight()
  await flight.idle()
  for (const id of ['a', 'b']) flight.add(id)
  const order: string[] = []
  const waits = ['one', 'two'].map((name) => flight.idle().then(() => order.push(name)))
  flight.release('a')
  await Promise.resolve()
  expect(order).toEqual([])
  flight.release('b')
  await Promise.all(waits)
  expect(order).toEqual(['one', 'two'])
})
