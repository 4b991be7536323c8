import { describe, expect, test } from 'vitest'
import {
  completeEntry as complete,
  keptSideEffect,
  keptSideEffects,
  OFFER_LEASE,
} from '../../../src/engine/complete-entry.ts'
import type { Change } from '../../../src/engine/change.ts'
import { delayed } from '../../../src/engine/delay.ts'
import { evolve } from '../../../src/engine/evolve.ts'
import { moveTo } from '../../../src/engine/operator-step.ts'
import { isHoldOver, released, timerOfBeginning } from '../../../src/engine/release.ts'
import type { Command, Saga } from '../../../src/engine/saga.ts'
import type { Machine } from '../../../src/machine/compile.ts'
import { after, AT, born, firstStep, MACHINE, parkedWith } from './held-saga.ts'

const UNTIL = AT + 500

type Entry = Partial<Change>

function completeEntry(machine: Machine, saga: Saga, entry: Entry): Entry {
  return complete<Entry>(machine, saga, entry)
}

function bornLater(): Saga {
  return evolve(undefined, { sagaId: 's', writeId: 'w', at: AT, ...delayed(firstStep(), UNTIL) })
}

function held(saga: Saga = born()): Saga {
  return after(saga, { hold: { since: AT } })
}

describe('a beginning at a later time', () => {
  test('C4.1 P26 command and timer wait for it, and side effects are kept', () => {
    const { step, hold } = delayed(firstStep(), UNTIL)
    expect(step.owes).toMatchObject([{ id: 's/0/0', since: UNTIL, due: UNTIL }])
    expect(step.timer).toEqual({ step: 0, deadline: UNTIL + 60_000, resends: 0, event: 'silence' })
    const kept = { id: 's/0/1', label: 'tell', channel: 'post', trace: 'T', headers: { miauserid: 'u' } }
    expect(hold).toEqual({ since: AT, until: UNTIL, isBeginning: true, sideEffects: [kept] })
  })

  test('P26 a first step without timer and side effects has none later either', () => {
    const { step, hold } = delayed({ ...firstStep(), timer: undefined, sideEffects: [] }, UNTIL)
    expect([step.timer, hold?.sideEffects]).toEqual([undefined, undefined])
  })
})

describe('the end of a hold', () => {
  test('P26 a hold with an end is over at it, one without never', () => {
    expect([UNTIL - 1, UNTIL, UNTIL + 1].map((now) => isHoldOver(bornLater(), now))).toEqual([false, true, true])
    expect([isHoldOver(held(), UNTIL), isHoldOver(born(), UNTIL)]).toEqual([false, false])
  })

  test('P26 everything owed is due, with the attempts of before; the time of the first state begins', () => {
    const tried = after(bornLater(), { tried: [{ id: 's/0/0', attempts: 2, due: AT + 9_000 }] })
    const end = released(MACHINE, tried, UNTIL + 7)
    expect(end).toEqual({
      hold: null,
      tried: [{ id: 's/0/0', attempts: 2, due: UNTIL + 7 }],
      timer: { step: 0, deadline: UNTIL + 60_007, resends: 0, event: 'silence' },
    })
    expect(after(tried, end)).toMatchObject({ hold: undefined, due: UNTIL + 7 })
  })

  test('P26 without debts there is nothing to try', () => {
    const settled = after(held(), { settled: ['s/0/0'] })
    expect(released(MACHINE, settled, UNTIL)).toEqual({ hold: null, tried: undefined, timer: undefined })
  })

  test('P18 P26 a timer goes on after any other hold, and where the machine has none for the state', () => {
    expect(timerOfBeginning(MACHINE, held(), UNTIL)).toBeUndefined()
    expect(timerOfBeginning(MACHINE, born(), UNTIL)).toBeUndefined()
    expect(timerOfBeginning(MACHINE, { ...bornLater(), timer: undefined }, UNTIL)).toBeUndefined()
    expect(timerOfBeginning(MACHINE, { ...bornLater(), state: 'quiet' }, UNTIL)).toBeUndefined()
    expect(timerOfBeginning(MACHINE, { ...bornLater(), state: 'unknown' }, UNTIL)).toBeUndefined()
  })
})

describe('side effects of a held saga', () => {
  const byHand = (saga: Saga) =>
    moveTo(MACHINE, { saga, operation: 'o', now: AT + 5, kind: 'move', target: MACHINE.initial, command: true })

  test('P26 those of a step by hand are kept after those of before', () => {
    const first = bornLater()
    const entry = completeEntry(MACHINE, first, { step: byHand(first) })
    expect(entry.hold).toMatchObject({ until: UNTIL, sideEffects: [{ id: 's/0/1' }, { id: 's/1/1' }] })
    const saga = held()
    expect(completeEntry(MACHINE, saga, { step: byHand(saga) }).hold).toMatchObject({ sideEffects: [{ id: 's/1/1' }] })
  })

  test('P26 a step without side effects, and one that says what becomes of the hold, leave it', () => {
    const saga = held()
    const silent = { ...byHand(saga), sideEffects: [] }
    expect(completeEntry(MACHINE, saga, { step: silent }).hold).toBeUndefined()
    expect(completeEntry(MACHINE, saga, { step: byHand(saga), hold: null }).hold).toBeNull()
  })

  test('P26 they are sent with the metadata of the end; a message of a hook has no payload', () => {
    const saga = after(bornLater(), {})
    const [effect] = firstStep().sideEffects as [Command]
    expect(keptSideEffects(saga)).toEqual([{ ...effect, body: undefined }])
    const hold = { since: AT, sideEffects: [{ ...keptSideEffect(effect), body: '{"b":2}' }] }
    expect(keptSideEffects({ ...saga, hold })).toEqual([{ ...effect, payload: {}, body: '{"b":2}' }])
    expect([keptSideEffects(held()), keptSideEffects(born())]).toEqual([[], []])
  })
})

describe('parked events beside a write', () => {
  test('P10 without parked events or a hold the entry is the same object', () => {
    const entry = { settled: ['s/0/0'], unparked: [] }
    expect(completeEntry(MACHINE, born(), entry)).toBe(entry)
    const step = { step: firstStep() }
    expect(completeEntry(MACHINE, born(), step)).toBe(step)
  })

  test('P10 bookkeeping that unparks nothing is the same object, of a held saga too', () => {
    const entry = { settled: ['s/0/0'] }
    expect(completeEntry(MACHINE, parkedWith(born(), ['silence', AT + 99]), entry)).toBe(entry)
    const unparked = { unparked: [{ id: 'other', label: 'other' }] }
    expect(completeEntry(MACHINE, held(parkedWith(born(), ['silence', AT + 99])), unparked)).toBe(unparked)
  })

  test('P10 the oldest one that the state lists comes due when an event before it leaves', () => {
    const saga = parkedWith(born(), ['silence', AT + 99, AT + 5], ['never', AT + 99], ['ended', AT + 99])
    const entry = completeEntry(MACHINE, saga, { unparked: [{ id: 'silence', label: 'silence' }] })
    expect(entry.unparked).toEqual([{ id: 'silence', label: 'silence' }])
    expect(entry.parked).toMatchObject([{ event: { label: 'ended' }, due: AT }])
  })

  test('P10 P26 the oldest one that the state lists comes due with the end of a hold', () => {
    const saga = held(parkedWith(born(), ['never', AT + 99], ['ended', AT + 99]))
    expect(completeEntry(MACHINE, saga, { hold: null })).toMatchObject({
      hold: null,
      parked: [{ event: { label: 'ended' }, due: AT }],
    })
  })

  test('P10 a step gives the event that its state lists the time of its turn', () => {
    const saga = parkedWith(born(), ['ended', AT + 99])
    const step = { ...firstStep(), number: 1, at: AT + 3, event: { id: 'x', label: 'asked' } }
    const entry = completeEntry(MACHINE, saga, { step })
    expect(entry).toMatchObject({ step, unparked: undefined, parked: [{ due: AT + 3 + OFFER_LEASE }] })
    expect('hold' in entry && entry.hold).toBeFalsy()
  })
})
