import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Saga } from '../../../../src/engine/saga.ts'
import { COMMAND, world } from './deadline-stage.ts'
import type { Given } from './deadline-stage.ts'
import { MINUTE } from './timer-stage.ts'

describe('a deadline', () => {
  test('P18 it is due from its instant on', () => {
    const isDue = (more: Given) => {
      const { timers, saga } = world(more)
      return [timers.isDue(saga), timers.isEventDue(saga)]
    }
    const { now } = world()
    expect(isDue({})).toEqual([true, true])
    expect(isDue({ timer: { deadline: now + 1 } })).toEqual([false, false])
    expect(isDue({ saga: { timer: undefined } })).toEqual([false, false])
    expect(isDue({ timer: { resends: 1 } })).toEqual([true, false])
    expect(isDue({ timer: { event: undefined } })).toEqual([false, false])
  })

  test('P18 its event waits for the sources, by the saga’s place in the store’s order; a resend does not', () => {
    const placesOf = (more: Given) => {
      const { timers, saga, graces } = world({ isHeldBack: true, ...more })
      return [timers.isDue(saga), graces]
    }
    const { now } = world()
    expect(placesOf({})).toEqual([false, [0]])
    expect(placesOf({ saga: { due: now - 70 } })).toEqual([false, [-70]])
    expect(placesOf({ saga: { due: now + 70 } })).toEqual([false, [0]])
    expect(placesOf({ saga: { due: undefined } })).toEqual([false, [0]])
    expect(placesOf({ timer: { resends: 1 } })).toEqual([true, []])
  })

  test('P11 a state that saga.json lacks resends nothing', () => {
    const { timers, saga } = world({ timer: { resends: 1 }, saga: { state: 'gone' } })
    expect([timers.isDue(saga), timers.resend(saga)]).toEqual([false, undefined])
  })
})

describe('the resend at a deadline', () => {
  const resent = (more: Given = {}) => {
    const one = world({ ...more, timer: { resends: 2, ...more.timer } })
    return { ...one, resend: one.timers.resend(one.saga) }
  }

  test('P18 nothing is resent where the deadline is not due, or has no resend left', () => {
    const { now } = world()
    expect(resent({ timer: { resends: 0 } }).resend).toBeUndefined()
    expect(resent({ timer: { deadline: now + 1 } }).resend).toBeUndefined()
    expect(resent({ saga: { timer: undefined } }).resend).toBeUndefined()
  })

  test('P18 the participant gets the whole time again, and a command that is owed goes at once', () => {
    const { resend, now, debt } = resent()
    const timer = { step: 0, deadline: now + MINUTE, resends: 1, event: 'silence' }
    expect(resend).toMatchObject({ entry: { timer }, atOnce: debt })
    expect(resend?.entry).toEqual({ timer })
  })

  test('P18 a report counts and logs it, with the resends that are left', () => {
    const { resend, lines, metrics } = resent()
    expect(lines()).toEqual([])
    resend?.report?.()
    const fields = { saga: 's1', label: 'ask', state: 'asked', command: 's1/0/0', channel: 'reservations', left: 1 }
    expect([lines(), metrics.times('count timer-resent')]).toEqual([[['timer.resent', fields]], 1])
  })

  test('P18 P3 a command whose delivery is settled with this very write is owed anew, under a lease', () => {
    const { resend, now, debt } = resent({ isDelivered: true })
    const again = { ...debt, attempts: 0, since: now, held: undefined, due: now + 15_000, tried: true, claimed: true }
    expect(resend?.entry.revived).toEqual([again])
    expect([resend?.atOnce, typeof resend?.report]).toEqual([undefined, 'function'])
  })

  test('P18 a command that is not owed any more is put back, under a lease', () => {
    const { resend, now } = resent({ saga: { owed: [] } })
    expect(resend?.entry.revived).toMatchObject([{ ...COMMAND, due: now + 15_000, claimed: true }])
    expect([resend?.atOnce, typeof resend?.report]).toEqual([undefined, 'function'])
  })

  test('P18 one that cannot be made again is logged, and the timer goes on', () => {
    const letter = {
      ...COMMAND,
      why: 'x',
      since: 0,
      attempts: 1,
      hookFailed: true,
    } as unknown as Saga['deadLetters'][number]
    const { resend, lines, now } = resent({ saga: { owed: [], deadLetters: [letter] } })
    expect(resend).toEqual({ entry: { timer: { step: 0, deadline: now + MINUTE, resends: 1, event: 'silence' } } })
    const why = 'the hook of "ask" failed, so there is no message'
    expect(lines()).toEqual([['timer.resend-refused', { saga: 's1', state: 'asked', label: 'silence', why }]])
  })

  test('P18 a state that has no timeout any more keeps the time that the saga was given, a minute at least', () => {
    const waitOf = (saga: Partial<Saga>) => {
      const { resend, now } = resent({ saga: { state: 'done', ...saga } })
      return (resend?.entry.timer?.deadline ?? 0) - now
    }
    const { now } = world()
    expect(waitOf({ enteredAt: now - 90_000 })).toBe(90_000)
    expect(waitOf({ enteredAt: undefined, updatedAt: now - 80_000 })).toBe(80_000)
    expect(waitOf({ enteredAt: now - 1_000 })).toBe(DEFAULTS.retryLongest)
  })
})
