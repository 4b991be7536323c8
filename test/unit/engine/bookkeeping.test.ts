import { describe, expect, test } from 'vitest'
import { without } from '../../../src/engine/dead-letters.ts'
import { decide } from '../../../src/engine/decide.ts'
import { dueOf, evolve } from '../../../src/engine/evolve.ts'
import { patchMetadata } from '../../../src/engine/operator-step.ts'
import type { Attempt, DeadLetterId } from '../../../src/engine/change.ts'

import type { DeadLetter, Debt, Delivery, Saga, SendReport } from '../../../src/engine/saga.ts'
import { after, AT, born, firstStep, MACHINE, parkedWith } from './held-saga.ts'

const REPORT: SendReport = { at: AT + 9, status: 503, answer: 'busy' }

function second(part: Partial<Debt> = {}): Debt {
  return { id: 's/1/0', label: 'pay', channel: 'bank', attempts: 0, since: AT, due: AT + 10, ...part }
}

/** A saga that owes the command of its state, and one more. */
function owingTwo(): Saga {
  return after(born(), { revived: [second()] })
}

function ended(part: Partial<Attempt> = {}): Attempt {
  return { id: 's/0/0', attempts: 1, due: AT + 70, started: true, last: REPORT, ...part }
}

/** The saga after a patch of its metadata, a step that stays in the state. */
function patched(saga: Saga): Saga {
  return after(saga, { at: AT + 5, step: patchMetadata(MACHINE, { saga, operation: 'o', now: AT + 5 }, { a: 2 }) })
}

describe('the outbox', () => {
  test('P3 a settlement takes its own command', () => {
    expect(after(owingTwo(), { settled: ['s/0/0'] }).owed.map(({ id }) => id)).toEqual(['s/1/0'])
  })

  test('P3 P15 several letters take their own commands', () => {
    const dead = ['s/0/0', 's/9/0'].map((id) => ({ ...letter(id), why: '400' }))
    expect(after(owingTwo(), { dead }).owed.map(({ id }) => id)).toEqual(['s/1/0'])
  })

  test('P14 an attempt changes its own command', () => {
    const { owed } = after(owingTwo(), { tried: [ended({ id: 's/1/0' })] })
    expect(owed.map(({ due, attempts }) => [due, attempts])).toEqual([
      [AT + 50, 0],
      [AT + 70, 1],
    ])
  })

  test('P13 P14 sends are counted, the newest report stays, and the lease ends', () => {
    const claimed = after(after(born(), { tried: [ended()] }), { tried: [{ id: 's/0/0', attempts: 1, due: AT + 99 }] })
    expect(claimed.owed).toMatchObject([{ tried: true, sends: 1, last: REPORT, claimed: true, due: AT + 99 }])
    const again = after(claimed, { tried: [ended({ attempts: 2, last: undefined })] })
    expect(again.owed).toMatchObject([{ tried: true, sends: 2, last: REPORT, claimed: undefined, attempts: 2 }])
    const newer = { at: AT + 20, status: 500 }
    expect(after(again, { tried: [ended({ last: newer })] }).owed[0]?.last).toEqual(newer)
  })

  test('P14 the claim of a command that was never sent needs no mark', () => {
    const [debt] = after(born(), { tried: [{ id: 's/0/0', attempts: 0, due: AT + 99 }] }).owed
    expect([debt?.claimed, debt?.tried, debt?.sends]).toEqual([undefined, undefined, undefined])
  })

  test('P26 only the end of a hold counts its time, and no time is no time', () => {
    const held = after(born(), { hold: { since: AT } })
    expect(after(held, { at: AT + 5 }).owed[0]).not.toHaveProperty('held')
    expect(after(held, { hold: null }).owed[0]).not.toHaveProperty('held')
    const twice = after(after(held, { hold: null, at: AT + 5 }), { hold: { since: AT + 7 }, at: AT + 7 })
    expect(after(twice, { hold: null, at: AT + 10 }).owed[0]?.held).toBe(8)
  })
})

describe('P25 a step that stays in the state', () => {
  test('P18 the timer goes on for the new step, and none is armed', () => {
    expect(patched(born()).timer).toEqual({ step: 1, deadline: AT + 60_000, resends: 0, event: 'silence' })
    expect(patched({ ...born(), timer: undefined }).timer).toBeUndefined()
  })

  test('the entry of the state is that of before', () => {
    const saga = patched(born())
    expect([saga.enteredAt, saga.enteringStep, saga.length]).toEqual([AT, 0, 2])
    expect(born().enteringStep).toBeUndefined()
    const event = { id: 'x', sagaId: 's', label: 'silence', payload: {} }
    const decision = decide(MACHINE, { saga, event, now: AT + 9 })
    const left = decision.kind === 'moved' ? after(saga, { step: decision.step }) : undefined
    expect([left?.enteredAt, left?.enteringStep]).toEqual([AT + 9, undefined])
  })

  test('deliveries stay with their state, newer ones of a command take its place', () => {
    const one: Delivery = { id: 's/0/0', label: 'ask', channel: 'bank', since: AT, at: AT + 1, sends: 1 }
    const other: Delivery = { ...one, id: 's/1/0', at: AT + 2 }
    const again: Delivery = { ...one, at: AT + 3, sends: 2 }
    const both = after(after(born(), { deliveries: [one] }), { deliveries: [other] })
    expect(both.delivered).toEqual([one, other])
    expect(after(both, { deliveries: [again] }).delivered).toEqual([other, again])
    expect(after(both, {}).delivered).toEqual([one, other])
    expect(after(both, { deliveries: [again, { ...other, at: AT + 4 }] }).delivered).toEqual([
      again,
      { ...other, at: AT + 4 },
    ])
    expect(patched(both).delivered).toEqual([one, other])
    const event = { id: 'x', sagaId: 's', label: 'silence', payload: {} }
    const decision = decide(MACHINE, { saga: both, event, now: AT })
    expect(decision.kind === 'moved' && after(both, { step: decision.step }).delivered).toBeUndefined()
  })
})

describe('the first step', () => {
  const change = { sagaId: 's', writeId: 'w', at: AT }

  test('C4.1 without a birth, as in damaged data, the entity is empty', () => {
    expect(evolve(undefined, { ...change, step: { ...firstStep(), birth: undefined } }).entity).toBe('')
  })

  test('P25 an operation may make it', () => {
    const operation = { id: 'o', action: 'hold', at: AT, operator: 'zoe', reason: 'later' } as const
    expect(evolve(undefined, { ...change, step: firstStep(), operation }).operations).toEqual([operation])
  })
})

describe('P10 parked events', () => {
  test('a repeat takes the place of the first with its new due, and others stay', () => {
    const saga = parkedWith(born(), ['one', AT + 50], ['two', AT + 60])
    const again = parkedWith(saga, ['one', AT + 50, AT + 7])
    expect(again.parked.map(({ event, due }) => [event.label, due])).toEqual([
      ['one', AT + 7],
      ['two', undefined],
    ])
  })
})

describe('P4 P26 when a saga is due', () => {
  const parked = parkedWith(born(), ['one', AT + 90, AT + 20]).parked
  const owed = [second({ due: AT + 30 })]
  const timer = { step: 0, deadline: AT + 40, resends: 0 }

  test('of debts, timer and parked events the earliest counts', () => {
    expect(dueOf({ owed, timer, parked: [] })).toBe(AT + 30)
    expect(dueOf({ owed: [], timer, parked: [] })).toBe(AT + 40)
    expect(dueOf({ owed, timer, parked })).toBe(AT + 20)
    expect(dueOf({ owed: [], timer: undefined, parked: [] })).toBeUndefined()
  })

  test('while it is held, its end and the end of parked events count alone', () => {
    expect(dueOf({ owed, timer, parked, hold: { since: AT } })).toBe(AT + 90)
    expect(dueOf({ owed, timer, parked, hold: { since: AT, until: AT + 60 } })).toBe(AT + 60)
    expect(dueOf({ owed, timer, parked: [], hold: { since: AT } })).toBeUndefined()
  })
})

describe('P26 an event at a held saga', () => {
  const tell = (saga: Saga, label: string) =>
    decide(MACHINE, { saga, event: { id: 'x', sagaId: 's', label, payload: {} }, now: AT })

  test('it waits, whether or not the state lists it, and where the machine lacks the state', () => {
    const held = after(born(), { hold: { since: AT } })
    expect(tell(held, 'silence')).toEqual({ kind: 'held', state: 'asked' })
    expect(tell(held, 'never')).toEqual({ kind: 'held', state: 'asked' })
    expect(tell({ ...held, state: 'unknown' }, 'silence')).toEqual({ kind: 'held', state: 'unknown' })
  })

  test('I6 C4.5 a final state absorbs what it does not list', () => {
    const held = { ...after(born(), { hold: { since: AT } }), state: 'end', isFinal: true }
    expect(tell(held, 'ended')).toEqual({ kind: 'unexpected', state: 'end', expected: [] })
    const listing = new Map(MACHINE.states).set('end', { ...MACHINE.initial, id: 'end', isFinal: true })
    const event = { id: 'x', sagaId: 's', label: 'silence', payload: {} }
    expect(decide({ ...MACHINE, states: listing }, { saga: held, event, now: AT })).toEqual({
      kind: 'held',
      state: 'end',
    })
  })
})

describe('P15 dead letters that go', () => {
  const letters: readonly DeadLetter[] = [letter('x'), letter('y'), { ...letter('x'), kind: 'event' }]

  test.each<[string, Partial<DeadLetterId>, number[]]>([
    ['kind, id and label', {}, [1, 2]],
    ['another kind', { kind: 'event' }, [0, 1]],
    ['another id', { id: 'y' }, [0, 2]],
    ['another label', { label: 'other' }, [0, 1, 2]],
  ])('they are known by all of kind, id and label: %s', (_, part, left) => {
    const gone = { kind: undefined, id: 'x', label: 'pay', ...part }
    expect(without(letters, [gone])).toEqual(left.map((index) => letters[index]))
  })

  test('each of several goes', () => {
    const gone = ['x', 'y'].map((id) => ({ kind: undefined, id, label: 'pay' }))
    expect(without(letters, gone)).toEqual([letters[2]])
  })
})

function letter(id: string) {
  return { kind: undefined, id, label: 'pay', channel: 'bank', payload: {}, why: 'x', since: AT, attempts: 1 }
}
