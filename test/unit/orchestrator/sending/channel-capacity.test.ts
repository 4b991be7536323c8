import { describe, expect, test } from 'vitest'
import { ChannelQueue } from '../../../../src/orchestrator/sending/channel-queue.ts'
import type { Sendable } from '../../../../src/orchestrator/sending/sendable.ts'
import { IdleLeases } from '../../../../src/orchestrator/sending/idle-leases.ts'
import { ChannelCapacity } from '../../../../src/orchestrator/sending/channel-capacity.ts'
import { DELIVERED, SILENT, fakeChannel } from '../../../fakes/channel.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const BOUNDS = { commands: 100, bytes: 1_000_000, sendsAtOnce: 4 }
const outgoing = (isRecovered: boolean): Sendable => ({
  command: { channel: 'bank', payload: {} },
  expires: 1_000,
  isRecovered,
})

describe('capacity for recovery', () => {
  test('P16 spare places are the free sends, twice as many while answers are quick, none ahead of a silent participant', () => {
    const queue = new ChannelQueue(fakeChannel('bank'), BOUNDS, simulatedRuntime())
    expect(queue.spare('bank')).toBe(4)
    queue.begin(outgoing(false))
    expect(queue.spare('bank')).toBe(3)
    queue.answered(DELIVERED, 0, 10)
    expect(queue.spare('bank')).toBe(7)
    queue.answered(DELIVERED, 0, 9_000)
    expect(queue.spare('bank')).toBe(3)
    queue.answered(SILENT, 0, 10)
    expect(queue.spare('bank')).toBe(3)
  })

  test('I5 new and recovered commands start in turns, whatever came first', () => {
    const queue = new ChannelQueue<Sendable>(fakeChannel('bank'), BOUNDS, simulatedRuntime())
    for (const isRecovered of [true, true, true, false, false]) queue.push(queue.admit(outgoing(isRecovered)))
    const pulled = Array.from({ length: 5 }, () => queue.pull()?.item.isRecovered)
    expect(pulled.slice(0, 4).filter(Boolean)).toHaveLength(2)
    expect(pulled[4]).toBe(true)
  })

  test('P16 what is taken is given back, and counts until the queues count it', () => {
    const capacity = new ChannelCapacity({ spare: () => 2, isHungry: () => false })
    capacity.take('bank')
    capacity.take('bank')
    expect([capacity.has('bank'), capacity.has('shop')]).toEqual([false, true])
    capacity.give('bank')
    expect(capacity.left('bank')).toBe(1)
    capacity.renew()
    expect(capacity.left('bank')).toBe(2)
  })

  test('P28 a command of a key takes from its lane and from its channel, and gives back to both', () => {
    const spare = new Map([
      ['bank', 3],
      ['bank\0a', 2],
    ])
    const capacity = new ChannelCapacity({ spare: (lane) => spare.get(lane) ?? 9, isHungry: (lane) => lane === 'shop' })
    const left = () => ['bank', 'bank\0a', 'bank\0b'].map((lane) => capacity.left(lane))
    expect(left()).toEqual([3, 2, 3])
    capacity.take('bank\0a')
    expect(left()).toEqual([2, 1, 2])
    capacity.take('bank\0b')
    expect(left()).toEqual([1, 1, 1])
    capacity.give('bank\0a')
    expect([left(), capacity.isHungry('shop'), capacity.isHungry('bank')]).toEqual([[2, 2, 2], true, false])
  })
})

describe('idle leases', () => {
  const lease = (id: string, due = 1) => ({ id, sagaId: id, channel: 'bank', due })

  test('P14 a command without an answer waits for its participant; one without capacity is ready', () => {
    const leases = new IdleLeases(10)
    leases.forget(lease('a'))
    leases.postpone(lease('b'))
    expect(leases.oldest('bank', 9).map(({ id }) => id)).toEqual(['a'])
    expect(leases.release('bank')).toBe(true)
    expect(leases.oldest('bank', 9).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(leases.release('bank')).toBe(false)
  })

  test('P12 a lease that was written again is another one', () => {
    const leases = new IdleLeases(10)
    leases.forget(lease('a', 1))
    expect([leases.hasForgotten({ id: 'a', due: 1 }), leases.hasForgotten({ id: 'a', due: 2 })]).toEqual([true, false])
    leases.dropIf({ id: 'a', due: 2 })
    expect(leases.isReady('bank')).toBe(true)
    leases.dropIf({ id: 'a', due: 1 })
    expect([leases.isReady('bank'), leases.ready()]).toEqual([false, []])
  })

  test('P16 a bounded number is remembered, the newest', () => {
    const leases = new IdleLeases(100)
    for (let at = 0; at < 250; at++) leases.forget(lease(`c${at}`))
    expect(leases.oldest('bank', 1_000)).toHaveLength(100)
    expect(leases.oldest('bank', 1)[0]?.id).toBe('c150')
  })
})
