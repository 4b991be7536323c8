import { describe, expect, test } from 'vitest'
import { keptOf, revivedDebt } from '../../../src/engine/dead-letters.ts'
import { commandOf, deadCommand, evolve } from '../../../src/engine/evolve.ts'
import type { DeadCommand, DeadEvent, Debt, ParkedEvent, Saga } from '../../../src/engine/saga.ts'
import { amend, birth, LEASE, NOW, step } from '../../../testing/contract/build.ts'

const born = birth({ id: 's', entity: 'e', metadata: { n: 0 }, fingerprint: 'f', trace: 'T0' }).next

function ids(saga: Saga): string[] {
  return saga.owed.map(({ id }) => id)
}

function debt(saga: Saga, id: string): Debt {
  const found = saga.owed.find((one) => one.id === id)
  if (found === undefined) throw new TypeError(`look up a debt: "${id}" is not owed`)
  return found
}

function letter(id: string): DeadCommand {
  return { id, label: 'reserve', channel: 'warehouse', payload: { n: 0 }, why: 'status 400', since: NOW, attempts: 3 }
}

function parked(id: string, expires: number): ParkedEvent {
  return { event: { id, sagaId: 's', label: 'charged', payload: {} }, since: NOW, expires }
}

/** A dead letter of an event whose id is that of the first command. */
const REFUSED: DeadEvent = {
  kind: 'event',
  id: 's/0/0',
  label: 'charged',
  payload: { amount: 3 },
  why: 'refused',
  since: NOW,
  attempts: 0,
}

describe('evolve: the head', () => {
  test('C4.1 the first step makes a saga', () => {
    expect(born).toMatchObject({
      id: 's',
      entity: 'e',
      state: 'open',
      latestEvent: 'orderPlaced',
      isFinal: false,
      business: { id: 1, description: 'Under way' },
      length: 1,
      metadata: { n: 0 },
      fingerprint: 'f',
      createdAt: NOW,
      updatedAt: NOW,
    })
    expect([born.deadLetters, born.parked, born.timer]).toEqual([[], [], undefined])
  })

  test('C4.2 a step moves the head; birth and entity stay', () => {
    const { next } = step(born, 'reserved', { payload: { n: 1 }, at: NOW + 9 })
    expect(next).toMatchObject({ state: 'paying', latestEvent: 'reserved', length: 2, metadata: { n: 1 } })
    expect(next).toMatchObject({ entity: 'e', fingerprint: 'f', createdAt: NOW, updatedAt: NOW + 9 })
    expect(step(next, 'charged').next.isFinal).toBe(true)
  })

  test('C5 a state without business state has none, whatever the state before had', () => {
    expect(step(born, 'waved through').next.business).toBeUndefined()
  })

  test('P1 bookkeeping changes neither state nor length nor metadata', () => {
    const { owed: _, due: __, updatedAt: ___, ...head } = born
    expect(amend(born, { settled: ids(born) }, NOW + 5).next).toMatchObject(head)
  })

  test('P1 a saga cannot begin without a step', () => {
    expect(() => evolve(undefined, { sagaId: 's', writeId: 'w', at: NOW })).toThrow('the first change has no step')
  })

  test('P18 a timer lives until the next step, which arms its own or none', () => {
    const timer = { step: 1, deadline: NOW + 3, resends: 0 }
    const armed = step(born, 'asked again', { timer }).next
    expect(amend(armed, {}).next.timer).toEqual(timer)
    expect(step(armed, 'asked again').next.timer).toBeUndefined()
  })

  test('P18 a change moves the timer of the same visit, and no other', () => {
    const timer = { step: 1, deadline: NOW + 3, resends: 2, event: 'expired' }
    const armed = step(born, 'asked again', { timer }).next
    const resent = { ...timer, deadline: NOW + 9, resends: 1 }
    const moved = amend(armed, { timer: resent }).next
    expect([moved.timer, moved.due]).toEqual([resent, NOW + 9])
    expect(amend(armed, { timer: { ...resent, step: 0 } }).next.timer).toEqual(timer)
    expect(amend(born, { timer: resent }).next.timer).toBeUndefined()
    expect(step(armed, 'asked again', { with: { timer: resent } }).next.timer).toBeUndefined()
  })
})

describe('evolve: debts', () => {
  test('P3 a step never wipes a debt: they add up, oldest first', () => {
    const twice = step(step(born, 'asked again').next, 'reserved').next
    expect(ids(twice)).toEqual(['s/0/0', 's/1/0', 's/2/0'])
  })

  test('P3 owed after = owed before − settled + commands of the step', () => {
    const next = step(born, 'reserved', { with: { settled: ['s/0/0', 's/1/0', 'another'] } }).next
    expect(ids(next)).toEqual(['s/1/0'])
    expect(ids(amend(next, { settled: ['s/1/0'] }).next)).toEqual([])
  })

  test('P5 the payload of an older debt is written out by the next step, once and for all', () => {
    expect(debt(born, 's/0/0').payload).toBeUndefined()
    const one = step(born, 'asked again', { payload: { n: 1 } }).next
    const two = step(one, 'asked again', { payload: { n: 2 } }).next
    expect(two.owed.map(({ payload }) => payload)).toEqual([{ n: 0 }, { n: 1 }, undefined])
    expect(two.owed.map((owed) => commandOf(two, owed).payload)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }])
  })

  test('P5 bookkeeping writes nothing out: the newest debt is still the head’s metadata', () => {
    const tried = amend(born, { tried: [{ id: 's/0/0', attempts: 1, due: NOW }] }).next
    expect(debt(tried, 's/0/0').payload).toBeUndefined()
  })

  test('I7 C3.5 a command is equal at every repeat, its trace included', () => {
    const command = {
      id: 's/0/0',
      sagaId: 's',
      label: 'reserve',
      channel: 'warehouse',
      payload: { n: 0 },
      trace: 'T0',
    }
    expect(commandOf(born, debt(born, 's/0/0'))).toEqual(command)
    const later = step(born, 'reserved', { payload: { n: 1 }, trace: 'T1' }).next
    expect(commandOf(later, debt(later, 's/0/0'))).toEqual(command)
    expect(commandOf(later, debt(later, 's/1/0'))).toMatchObject({ id: 's/1/0', trace: 'T1', payload: { n: 1 } })
  })

  test('P14 a claim moves `due` alone, an answer raises `attempts` (P15); only a send that ended sets `tried` (P13)', () => {
    const claimed = amend(born, { tried: [{ id: 's/0/0', attempts: 0, due: NOW + 99 }] }).next
    expect(debt(claimed, 's/0/0')).toEqual({ ...born.owed[0], due: NOW + 99 })
    const answered = amend(claimed, { tried: [{ id: 's/0/0', attempts: 1, due: NOW + 7, started: true }] }).next
    expect(debt(answered, 's/0/0')).toMatchObject({ attempts: 1, due: NOW + 7, since: NOW })
  })

  test('P14 an attempt at a command that is no longer owed changes nothing', () => {
    const next = amend(born, { settled: ['s/0/0'], tried: [{ id: 's/0/0', attempts: 1, due: 0 }] }).next
    expect(next).toMatchObject({ owed: [], due: undefined })
  })
})

describe('evolve: dead letters and parked events', () => {
  test('P15 a dead letter is owed no more, and kept', () => {
    const dead = amend(born, { dead: [letter('s/0/0')] }).next
    expect(dead).toMatchObject({ owed: [], deadLetters: [letter('s/0/0')], due: undefined })
    expect(step(dead, 'reserved').next.deadLetters).toEqual([letter('s/0/0')])
  })

  test('I7 a revived letter is owed at once, under its own id and with its own payload', () => {
    const dead = step(amend(born, { dead: [letter('s/0/0')] }).next, 'reserved', { payload: { n: 1 } }).next
    const { next } = amend(dead, { revived: [revivedDebt(letter('s/0/0'), NOW + 50)] }, NOW + 50)
    expect(next.deadLetters).toEqual([])
    expect(ids(next)).toEqual(['s/1/0', 's/0/0'])
    expect(debt(next, 's/0/0')).toMatchObject({ payload: { n: 0 }, attempts: 0, since: NOW + 50, due: NOW + 50 })
    expect(next.due).toBe(NOW + 50)
  })

  test('P3 a revived command that is owed already is owed once', () => {
    const revived = { ...debt(born, 's/0/0'), due: NOW }
    expect(amend(born, { revived: [revived] }).next.owed).toEqual(born.owed)
  })

  test('P5 a command of the newest step is owed again with the metadata of that step', () => {
    const delivered = amend(born, { settled: ['s/0/0'] }).next
    const resent = amend(delivered, { revived: born.owed }).next
    expect(resent.owed.map((one) => commandOf(resent, one).payload)).toEqual([{ n: 0 }])
    const later = step(delivered, 'reserved', { payload: { n: 1 }, with: { revived: born.owed } }).next
    expect(later.owed.map(({ id, payload }) => [id, payload])).toEqual([
      ['s/0/0', { n: 0 }],
      ['s/1/0', undefined],
    ])
  })

  test('P29 C3.6 a command has the headers of its own step, through dead letters too', () => {
    const headers = { miauserid: 'u-1' }
    const first = birth({ id: 's', headers }).next
    const later = step(first, 'asked again', { headers: { miauserid: 'u-2' } }).next
    expect(later.owed.map((one) => commandOf(later, one).headers)).toEqual([headers, { miauserid: 'u-2' }])
    const revived = revivedDebt({ ...letter('s/0/0'), headers }, NOW)
    expect(commandOf(later, revived).headers).toEqual(headers)
    expect(commandOf(born, debt(born, 's/0/0')).headers).toBeUndefined()
  })

  test('P5 a command with the message of a hook has no payload: the head may have that of a later step', () => {
    const body = '{"n":0}'
    const hooked = { ...born, owed: born.owed.map((one) => ({ ...one, body })) }
    const later = step(hooked, 'asked again', { payload: { n: 1 } }).next
    const end = { why: 'status 400', since: NOW, attempts: 1 }
    for (const saga of [hooked, later]) {
      expect(deadCommand(saga, debt(saga, 's/0/0'), end)).toMatchObject({ body, payload: {}, ...end })
    }
    const revived = revivedDebt(deadCommand(later, debt(later, 's/0/0'), end), NOW)
    expect(commandOf(later, revived)).toEqual(commandOf(hooked, debt(hooked, 's/0/0')))
  })

  test('P5 a command whose hook failed has no message to be owed again', () => {
    expect(() => revivedDebt({ ...letter('s/0/0'), hookFailed: true }, NOW)).toThrow('its hook failed')
  })

  test('P5 a command whose hook threw is a dead letter of its step, and was never owed', () => {
    const { next } = step(born, 'waved through', { with: { dead: [letter('s/1/0')] } })
    expect([ids(next), next.deadLetters]).toEqual([['s/0/0'], [letter('s/1/0')]])
  })

  test('P10 a dead letter of an event touches no command, whatever its id', () => {
    const refused = amend(born, { dead: [REFUSED] }).next
    expect([refused.owed, refused.deadLetters]).toEqual([born.owed, [REFUSED]])
    const both = amend(refused, { dead: [letter('s/0/0')] }).next
    expect(amend(both, { revived: born.owed }).next.deadLetters).toEqual([REFUSED])
    expect(amend(both, { dropped: [REFUSED] }).next.deadLetters).toEqual([letter('s/0/0')])
    expect(amend(both, { dropped: [{ ...REFUSED, label: 'other' }] }).next.deadLetters).toEqual(both.deadLetters)
  })

  test('P10 C3.6 an event is kept with its headers and without its source', () => {
    const event = { id: 'e', sagaId: 's', label: 'charged', payload: {}, trace: 'T', headers: { miauserid: 'u' } }
    const inexact = { path: 'amount', literal: '1e999', becomes: 'null', count: 1 }
    expect(keptOf({ ...event, origin: 'events/3/1207', inexact })).toStrictEqual(event)
  })

  test('P7 P10 events are parked in their order and leave by id and label', () => {
    const one = amend(born, { parked: [parked('e1', NOW + 2), parked('e2', NOW + 3)] }).next
    expect(one.parked.map(({ event }) => event.id)).toEqual(['e1', 'e2'])
    const { next } = step(one, 'reserved', {
      with: {
        unparked: [
          { id: 'e1', label: 'charged' },
          { id: 'e2', label: 'other' },
        ],
      },
    })
    expect(next.parked.map(({ event }) => event.id)).toEqual(['e2'])
  })
})

describe('evolve: due', () => {
  test('P4 is the end of the lease of the earliest debt', () => {
    expect(born.due).toBe(NOW + LEASE)
    expect(step(born, 'reserved', { at: NOW + 9 }).next.due).toBe(NOW + LEASE)
    expect(step(born, 'reserved', { at: NOW + 9, with: { settled: ['s/0/0'] } }).next.due).toBe(NOW + 9 + LEASE)
  })

  test('P4 is the earliest of debts, timer and parked events', () => {
    const timer = (deadline: number) => ({ step: 1, deadline, resends: 0 })
    const due = (deadline: number, expires: number, attempt: number) => {
      const armed = step(born, 'asked again', { timer: timer(deadline), with: { settled: ['s/0/0'] } }).next
      const tried = [{ id: 's/1/0', attempts: 0, due: attempt }]
      return amend(armed, { tried, parked: [parked('e', expires)] }).next.due
    }
    expect([due(1, 2, 3), due(3, 1, 2), due(2, 3, 1), due(0, 1, 2)]).toEqual([1, 1, 1, 0])
  })

  test('P4 is absent where nothing is owed, armed or parked; a dead letter is not pending', () => {
    expect(step(born, 'waved through', { with: { settled: ['s/0/0'] } }).next.due).toBeUndefined()
    expect(amend(born, { dead: [letter('s/0/0')] }).next.due).toBeUndefined()
  })
})

describe('P26 the end of a hold', () => {
  test('P26 each debt keeps how long it has waited for it, since its own beginning or that of the hold', () => {
    const held = amend(born, { hold: { since: NOW + 100 } }, NOW + 100).next
    const released = amend(held, { hold: null }, NOW + 500).next
    expect(debt(released, 's/0/0')).toMatchObject({ since: NOW, held: 400 })
    const again = amend(amend(released, { hold: { since: NOW + 600 } }, NOW + 600).next, { hold: null }, NOW + 650).next
    expect(debt(again, 's/0/0').held).toBe(450)
  })

  test('P26 a debt of a saga that was not held has no such time', () => {
    expect(debt(amend(born, { hold: null }, NOW + 500).next, 's/0/0')).not.toHaveProperty('held')
  })
})
