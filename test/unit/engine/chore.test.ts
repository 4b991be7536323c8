import { describe, expect, test } from 'vitest'
import { isChoreDue, nextChore } from '../../../src/engine/chore.ts'
import { RENAMED, renamed } from '../../../src/engine/rename.ts'
import type { Saga } from '../../../src/engine/saga.ts'
import { after, AT, born, MACHINE, parkedWith } from './held-saga.ts'

const PLAIN = { ...MACHINE, movedStates: undefined }

/** The kind of the chore that is due and its entry is next; `false` where none is due. */
function chore(saga: Saga, now: number, machine = MACHINE): string | false | undefined {
  return isChoreDue(machine, saga, now) && nextChore(machine, saga, now)?.kind
}

describe('the chores of a saga', () => {
  test('a saga that waits has none', () => {
    expect([chore(born(), AT), chore(born(), AT, PLAIN)]).toEqual([false, false])
    expect(nextChore(MACHINE, born(), AT)).toBeUndefined()
  })

  test('P26 a hold is released at its end, not before and not without one', () => {
    const held = after(born(), { hold: { since: AT, until: AT + 50 } })
    expect([chore(held, AT + 49, PLAIN), chore(held, AT + 50, PLAIN)]).toEqual([false, 'release'])
    expect(nextChore(MACHINE, held, AT + 50)?.entry.hold).toBeNull()
    expect(chore(after(born(), { hold: { since: AT } }), AT + 99_999)).toBe(false)
  })

  test('P10 a parked event goes at the end of its time, of a held saga too', () => {
    const parked = parkedWith(born(), ['never', AT + 50], ['soon', AT + 90])
    expect([chore(parked, AT + 49), chore(parked, AT + 50)]).toEqual([false, 'expire'])
    expect(nextChore(MACHINE, parked, AT + 50)?.entry.unparked).toEqual([{ id: 'never', label: 'never' }])
    expect(chore(after(parked, { hold: { since: AT } }), AT + 50)).toBe('expire')
  })

  test('P10 an event whose turn is over is offered, and with it the machine has its state', () => {
    const parked = parkedWith(born(), ['ended', AT + 99, AT + 5])
    expect([chore(parked, AT + 4), chore(parked, AT + 5)]).toEqual([false, 'offer'])
    expect(nextChore(MACHINE, parked, AT)?.entry.step?.state.id).toBe('end')
    expect(isChoreDue(MACHINE, { ...parked, state: 'unknown' }, AT + 5)).toBe(false)
    expect(chore(parkedWith(born(), ['ended', AT + 99]), AT + 5)).toBe(false)
  })

  test('P10 P26 a held saga is offered nothing', () => {
    const parked = after(parkedWith(born(), ['ended', AT + 99, AT + 5]), { hold: { since: AT } })
    expect([isChoreDue(MACHINE, parked, AT + 5), nextChore(MACHINE, parked, AT + 5)]).toEqual([false, undefined])
  })

  test('P4 P12 a saga that a store opened anew shows early is scheduled again', () => {
    const held = after(born(), { hold: { since: AT, until: AT + 50 } })
    expect(chore({ ...held, due: 0 }, AT)).toBe('reschedule')
    expect(nextChore(MACHINE, { ...held, due: 0 }, AT)).toEqual({ kind: 'reschedule', entry: {} })
    expect(chore({ ...held, due: undefined }, AT)).toBe(false)
    expect(chore({ ...held, due: AT + 50 }, AT)).toBe(false)
    const forEver = after(parkedWith(born(), ['never', AT + 99]), { hold: { since: AT } })
    expect([chore({ ...forEver, due: 0 }, AT), nextChore(MACHINE, { ...forEver, due: 0 }, AT)]).toEqual([
      false,
      undefined,
    ])
  })

  test('P12 while commands are owed their sweep schedules it', () => {
    const parked = { ...parkedWith(born(), ['never', AT + 99, AT + 60]), due: 0 }
    expect(nextChore(MACHINE, parked, AT)).toBeUndefined()
    const settled = { ...after(parked, { settled: ['s/0/0'] }), due: 0 }
    expect(nextChore(MACHINE, settled, AT)?.kind).toBe('reschedule')
  })
})

describe('a state with another name', () => {
  test('P11 the saga takes it, stays where it is and owes no new command', () => {
    const former = { ...born(), state: 'still' }
    expect([chore(former, AT + 7), chore(former, AT + 7, PLAIN)]).toEqual(['rename', false])
    expect(renamed(MACHINE, former, AT + 7)).toEqual({
      sagaId: 's',
      number: 1,
      at: AT + 7,
      event: { id: 'renamed/1', label: RENAMED },
      state: { id: 'quiet', isFinal: false, business: undefined },
      metadata: { a: 1 },
      owes: [],
      sideEffects: [],
      machine: MACHINE.hash,
      by: { renamedFrom: 'still' },
      stays: true,
    })
    expect(renamed(MACHINE, { ...former, state: 'over' }, AT)).toMatchObject({
      state: { id: 'end', isFinal: true, business: { id: 4, description: 'asked' } },
    })
  })

  test('P11 I6 the renamed step counts from the saga’s own length; one that has ended needs no machine', () => {
    expect(renamed(MACHINE, { ...born(), state: 'still', length: 9 }, AT)).toMatchObject({
      number: 9,
      event: { id: 'renamed/9' },
    })
    expect(renamed(MACHINE, { ...born(), state: 'still', isFinal: true }, AT)).toBeUndefined()
  })

  test('P11 a state that the machine has, or knows by no name, keeps its name', () => {
    const both = { ...MACHINE, movedStates: new Map([['asked', MACHINE.initial]]) }
    expect(renamed(both, born(), AT)).toBeUndefined()
    expect(renamed(MACHINE, { ...born(), state: 'unknown' }, AT)).toBeUndefined()
    expect(renamed(PLAIN, { ...born(), state: 'still' }, AT)).toBeUndefined()
  })

  test('P11 the chore writes the step', () => {
    const former = { ...born(), state: 'still' }
    expect(nextChore(MACHINE, former, AT)?.entry).toEqual({ step: renamed(MACHINE, former, AT) })
  })

  test('P26 a held saga keeps the former name until it is released', () => {
    const held = after({ ...born(), state: 'still' }, { hold: { since: AT } })
    expect([isChoreDue(MACHINE, held, AT), nextChore(MACHINE, held, AT)]).toEqual([false, undefined])
  })
})
