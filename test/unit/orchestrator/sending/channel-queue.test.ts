import { describe, expect, test } from 'vitest'
import { backpressure } from '../../../../src/orchestrator/sending/backpressure.ts'
import { BUSY, DELIVERED } from '../../../fakes/channel.ts'
import { BY, FRESH, KEY, keyed, world } from './queue-stage.ts'
import type { Given } from './queue-stage.ts'

describe('sends of a channel', () => {
  test('P16 as many as the bound go at once: the channel’s own bound before the general one', () => {
    const startsOf = (given: Given) => {
      const { queue } = world(given)
      let starts = 0
      while (starts < 20 && queue.mayStartAtOnce(FRESH)) starts += queue.begin(FRESH) ? 1 : 1
      return starts
    }
    expect([startsOf({}), startsOf({ own: 2 }), startsOf({ own: 9 })]).toEqual([4, 2, 9])
    expect(startsOf({ own: 2, limits: { concurrency: { limit: 3 } } })).toBe(3)
    expect(startsOf({ own: 2, limits: { concurrency: { limit: 9, by: BY } } })).toBe(2)
  })

  test('P16 the first of several sends under way is told apart', () => {
    const { queue } = world()
    expect([queue.begin(FRESH), queue.begin(FRESH)]).toEqual([true, false])
    queue.end(FRESH)
    queue.end(FRESH)
    expect([queue.begin(FRESH), queue.load.underWay]).toEqual([true, 1])
  })

  test('P28 a new command does not start before those that wait for the same key', () => {
    const { queue, wait } = world({ limits: { concurrency: { limit: 1, by: BY } } })
    wait(keyed(FRESH))
    expect([queue.mayStartAtOnce(keyed(FRESH)), queue.mayStart(keyed(FRESH))]).toEqual([false, true])
    expect(queue.mayStartAtOnce(keyed(FRESH, 'bank\0b'))).toBe(true)
  })

  test('P28 without limits a command that waits stops no other', () => {
    const { queue, wait } = world()
    wait(FRESH)
    expect(queue.mayStartAtOnce(FRESH)).toBe(true)
  })

  test('P28 a command leaves the queue when its rate allows it, and the queue says when that is', async () => {
    const { queue, wait, begin, runtime } = world({ limits: { rate: { limit: 5 } } })
    begin(FRESH)
    expect(queue.nextStart).toBe(Infinity)
    wait(FRESH)
    expect([queue.pull(), queue.nextStart]).toEqual([undefined, 200])
    await runtime.advance(200)
    expect([queue.nextStart, queue.pull()?.item]).toEqual([0, FRESH])
  })

  test('P28 of several keys the earliest counts; a command that waits for the end of a send has no time', () => {
    const limits = { rate: { limit: 5, by: BY } }
    const { queue, wait, begin } = world({ limits, own: 9 })
    begin(keyed(FRESH), 3)
    begin(keyed(FRESH, 'bank\0b'))
    for (const lane of [KEY, 'bank\0b']) wait(keyed(FRESH, lane))
    expect(queue.nextStart).toBe(200)
    const other = world({ limits: { concurrency: { limit: 1, by: BY } } })
    other.begin(keyed(FRESH))
    other.wait(keyed(FRESH))
    expect(other.queue.nextStart).toBe(Infinity)
    const bare = world()
    bare.wait(FRESH)
    expect(bare.queue.nextStart).toBe(Infinity)
  })

  test('P28 no time comes for a paused channel', () => {
    const { queue, wait, begin } = world({ limits: { rate: { limit: 5 } } })
    begin(FRESH)
    wait(FRESH)
    queue.isPaused = true
    expect([queue.nextStart, queue.isShut, queue.pull()]).toEqual([Infinity, true, undefined])
  })
})

describe('the circuit of a channel', () => {
  test('P28 while it is open none waits, and a probe starts after its wait', async () => {
    const { queue, runtime, open } = world()
    expect([queue.isShut, queue.probeWait, queue.silence, queue.circuit]).toEqual([false, 0, 0, 'closed'])
    open()
    expect([queue.isShut, queue.isFull('bank'), queue.probeWait, queue.isFree]).toEqual([true, true, 250, false])
    expect([queue.spare('bank'), queue.isHungry('bank')]).toEqual([0, false])
    await runtime.advance(250)
    expect([queue.probeWait, queue.spare('bank'), queue.silence, queue.circuit]).toEqual([0, 1, 250, 'half-open'])
    queue.begin(FRESH)
    expect([queue.probeWait, queue.spare('bank')]).toEqual([250, 0])
    await runtime.advance(10)
    expect([queue.answered(BUSY, 250, 260), queue.isShut, queue.silence, queue.movedAt]).toEqual([
      'closed',
      false,
      0,
      260,
    ])
  })

  test('P28 a send of a closed circuit is no probe', () => {
    const { queue, begin, open } = world()
    begin(FRESH, 3)
    open()
    expect(queue.circuit).toBe('open')
  })
})

describe('backpressure', () => {
  const waits = ({ queue, runtime }: ReturnType<typeof world>) => backpressure([queue], runtime) !== undefined

  test('P16 events wait while a channel that sends in groups has a quarter of its places taken', () => {
    const one = world({ own: 4 })
    one.wait(FRESH, 3)
    expect([one.queue.isCrowded, waits(one)]).toEqual([false, false])
    one.wait(FRESH)
    expect([one.queue.isCrowded, waits(one)]).toEqual([true, true])
  })

  test('I5 they do not wait for a channel that stands, or that sends one by one', async () => {
    const [slow, single] = [world({ own: 4 }), world()]
    for (const { wait } of [slow, single]) wait(FRESH, 9)
    await slow.runtime.advance(3_000)
    expect(waits(slow)).toBe(true)
    await slow.runtime.advance(1)
    expect([waits(slow), waits(single)]).toEqual([false, false])
    slow.queue.answered(DELIVERED, 0, slow.runtime.monotonic())
    expect(waits(slow)).toBe(true)
  })

  test('P16 the wait is short, and a later channel is looked at too', async () => {
    const [calm, crowded] = [world({ own: 4 }), world({ own: 4 })]
    crowded.wait(FRESH, 9)
    let isOver = false
    const wait = backpressure([calm.queue, crowded.queue], crowded.runtime)?.then(() => (isOver = true))
    await crowded.runtime.advance(1)
    expect(isOver).toBe(false)
    await crowded.runtime.advance(1)
    await wait
    expect(isOver).toBe(true)
  })
})
