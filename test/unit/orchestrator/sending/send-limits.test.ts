import { describe, expect, test } from 'vitest'
import { SendLimits } from '../../../../src/orchestrator/sending/send-limits.ts'

const BY = ['customer']
const ENDLESS = Number.POSITIVE_INFINITY
const [A, B] = ['bank\0a', 'bank\0b']

/** Limits of which so many sends of a lane have begun at the instant 0. */
function begun(limits: ConstructorParameters<typeof SendLimits>[0], sends: number, lane = A): SendLimits {
  const made = new SendLimits(limits)
  for (let at = 0; at < sends; at++) made.begin(lane, 0)
  return made
}

describe('the wait of a send', () => {
  test('P28 a rate below ten a second is exact; above, the commands of a tenth of a second may start together', () => {
    expect([begun({ rate: { limit: 5 } }, 0).wait(A, 0), begun({ rate: { limit: 5 } }, 1).wait(A, 0)]).toEqual([0, 200])
    expect([9, 10, 12].map((sends) => begun({ rate: { limit: 100 } }, sends).wait(A, 0))).toEqual([0, 10, 30])
  })

  test('P28 a pause saves nothing up: the rate counts from the next send on', () => {
    const limits = begun({ rate: { limit: 5 } }, 1)
    limits.end(A)
    limits.begin(A, 10_000)
    expect(limits.wait(A, 10_000)).toBe(200)
  })

  test('P28 sends at once have no time: another one has to end', () => {
    const limits = begun({ concurrency: { limit: 2 } }, 2)
    expect(limits.wait(A, 0)).toBe(ENDLESS)
    limits.end(A)
    expect(limits.wait(A, 0)).toBe(0)
  })

  test('P28 both limits count; without one there is no wait', () => {
    const both = { rate: { limit: 5 }, concurrency: { limit: 2 } }
    expect([0, 1, 2].map((sends) => begun(both, sends).wait(A, 0))).toEqual([0, 200, ENDLESS])
    expect(begun({}, 9).wait(A, 0)).toBe(0)
  })

  test('P28 with a key each has its own, without one all share it', () => {
    const keyed = begun({ rate: { limit: 5, by: BY }, concurrency: { limit: 2, by: BY } }, 2)
    expect([keyed.wait(A, 0), keyed.wait(B, 0), keyed.isByKey]).toEqual([ENDLESS, 0, true])
    const shared = begun({ concurrency: { limit: 2 } }, 2)
    expect([shared.wait(B, 0), shared.isByKey]).toEqual([ENDLESS, false])
    expect(begun({ rate: { limit: 5 }, concurrency: { limit: 1, by: BY } }, 0).isByKey).toBe(true)
  })

  test('P28 a key whose rate is not used up is not forgotten among many others', () => {
    const limits = begun({ rate: { limit: 1, by: BY } }, 20)
    for (let at = 0; at < 3_000; at++) limits.begin(`bank\0${at}`, 2_000 + at)
    expect(limits.wait(A, 2_000)).toBe(18_000)
  })

  test('P28 keys under way or within their rate are kept, however many; the others are forgotten in bulk', () => {
    const limits = new SendLimits({ concurrency: { limit: 1, by: BY } })
    for (let at = 0; at < 3_000; at++) limits.begin(`bank\0${at}`, 0)
    expect(limits.lanes).toBe(3_000)
    for (let at = 0; at < 3_000; at++) limits.end(`bank\0${at}`)
    // The number has to double before the next look at all of them: 1,024, 2,048, 4,096.
    for (let at = 3_000; at < 4_096; at++) limits.begin(`bank\0${at}`, 1)
    expect(limits.lanes).toBe(4_096)
    limits.begin('bank\0one more', 2)
    expect(limits.lanes).toBe(4_096 - 3_000 + 1)
  })

  test('P28 keys are not looked through at each new one', () => {
    const limits = new SendLimits({ concurrency: { limit: 1, by: BY } })
    for (let at = 0; at < 1_024; at++) {
      limits.begin(`bank\0${at}`, at)
      limits.end(`bank\0${at}`)
    }
    expect(limits.lanes).toBe(1_024)
    limits.begin(A, 2_000)
    expect(limits.lanes).toBe(1)
  })
})

describe('commands that may wait in memory', () => {
  test('P28 by a rate as many as start before their leases end, by sends four times their number, sixteen at least', () => {
    expect(new SendLimits({ rate: { limit: 10 } }).depth()).toBe(25)
    expect(new SendLimits({ rate: { limit: 0.1 } }).depth()).toBe(1)
    const depthOf = (limit: number) => new SendLimits({ concurrency: { limit, by: BY } }).depth(A)
    expect([depthOf(1), depthOf(4), depthOf(5)]).toEqual([16, 16, 20])
  })

  test('P28 the smaller of two; a key has its own, the channel that without a key', () => {
    const both = new SendLimits({ rate: { limit: 10, by: BY }, concurrency: { limit: 2, by: BY } })
    expect([both.depth(A), both.depth()]).toEqual([16, ENDLESS])
    const mixed = new SendLimits({ rate: { limit: 2 }, concurrency: { limit: 9, by: BY } })
    expect([mixed.depth(A), mixed.depth()]).toEqual([36, 5])
    expect(new SendLimits({ concurrency: { limit: 2 } }).depth()).toBe(ENDLESS)
  })
})

describe('commands that recovery may keep waiting', () => {
  test('P28 by a rate those of one second; none where its use reaches too far ahead', () => {
    expect(begun({ rate: { limit: 10 } }, 25).room(0)).toBe(10)
    expect(begun({ rate: { limit: 10 } }, 26).room(0)).toBe(0)
    expect(begun({ rate: { limit: 0.5, by: BY } }, 1).room(0, A)).toBe(1)
  })

  test('P28 by sends twice their number, without those under way', () => {
    const keyed = begun({ concurrency: { limit: 3, by: BY } }, 2)
    expect([keyed.room(0, A), keyed.room(0, B), keyed.room(0)]).toEqual([4, 6, ENDLESS])
    expect(begun({ concurrency: { limit: 3 } }, 2).room(0)).toBe(ENDLESS)
    const both = { rate: { limit: 4, by: BY }, concurrency: { limit: 3, by: BY } }
    expect([begun(both, 0).room(0, A), begun(both, 3).room(0, A)]).toEqual([4, 3])
  })
})
