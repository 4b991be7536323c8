import { describe, expect, test } from 'vitest'
import { LISTED_MARKS, withoutPayloads } from '../../../src/codec/listed-fields.ts'
import { ALL_MARKS, filtersMarks, hasMarks, isEnteredBefore, marksOf } from '../../../src/codec/mark-filter.ts'
import type { MarkFilter, SagaMark } from '../../../src/codec/mark-filter.ts'
import { markQuery } from '../../../src/codec/mark-query.ts'
import { encodeSummary } from '../../../src/codec/saga-summary.ts'
import { StateTally } from '../../../src/codec/state-count.ts'
import type { DeadLetter, Debt, Saga } from '../../../src/engine/saga.ts'
import { birth, NOW } from '../../../testing/contract/build.ts'

const DEBT: Debt = { id: 's/0/0', label: 'pay', channel: 'bank', attempts: 2, since: NOW - 5, due: NOW }
const LETTER: DeadLetter = {
  id: 's/1/0',
  label: 'book',
  channel: 'hotel',
  payload: {},
  why: 'x',
  since: 1,
  attempts: 1,
}
const EVENT: DeadLetter = { kind: 'event', id: 'e', label: 'late', payload: {}, why: 'x', since: 1, attempts: 0 }
const PARKED = { event: { id: 'p', sagaId: 's', label: 'soon', payload: {} }, since: NOW, expires: NOW + 9 }
const FULL: Partial<Saga> = {
  owed: [DEBT],
  deadLetters: [LETTER],
  parked: [PARKED],
  timer: { step: 0, deadline: NOW + 60_000, resends: 0 },
  hold: { since: NOW + 1 },
}

function saga(part: Partial<Saga> = {}): Saga {
  return { ...birth({ id: 's' }).next, owed: [], ...part }
}

const EACH: readonly [SagaMark, Partial<Saga>][] = [
  ['owed', { owed: [DEBT] }],
  ['dead-letters', { deadLetters: [LETTER] }],
  ['parked', { parked: [PARKED] }],
  ['timer', { timer: { step: 0, deadline: 1, resends: 0 } }],
  ['hold', { hold: { since: 1 } }],
]

describe('C7 the marks of a saga', () => {
  test.each(EACH)('%s', (mark, part) => {
    expect(marksOf(saga(part))).toEqual([mark])
    expect(ALL_MARKS.filter((one) => hasMarks(saga(part), { has: one }))).toEqual([mark])
  })

  test('a saga without any has none, and one may have all', () => {
    expect([marksOf(saga()), marksOf(saga(FULL))]).toEqual([[], ALL_MARKS])
    expect(ALL_MARKS).toEqual(EACH.map(([mark]) => mark))
  })

  test('a filter is one of them, or nothing', () => {
    expect([{}, { has: undefined }].map(filtersMarks)).toEqual([false, false])
    const filters: MarkFilter[] = [{ has: 'owed' }, { enteredBefore: 0 }, { channel: '' }, { attemptsAtLeast: 0 }]
    expect(filters.map(filtersMarks)).toEqual([true, true, true, true])
  })

  test('an empty filter takes every saga; several must all be satisfied', () => {
    expect(hasMarks(saga(), {})).toBe(true)
    const filter: MarkFilter = { has: 'owed', enteredBefore: NOW + 1, channel: 'bank', attemptsAtLeast: 2 }
    expect(hasMarks(saga({ owed: [DEBT] }), filter)).toBe(true)
    expect(hasMarks(saga({ owed: [DEBT, { ...DEBT, attempts: 0 }] }), filter)).toBe(true)
    const others: MarkFilter[] = [{ has: 'hold' }, { enteredBefore: NOW }, { channel: 'hotel' }, { attemptsAtLeast: 3 }]
    for (const other of others) expect(hasMarks(saga({ owed: [DEBT] }), { ...filter, ...other })).toBe(false)
  })

  test('a channel is that of a debt or of a dead command', () => {
    const uses = (part: Partial<Saga>, channel: string) => hasMarks(saga(part), { channel })
    expect([uses({ owed: [DEBT] }, 'bank'), uses({ deadLetters: [EVENT, LETTER] }, 'hotel')]).toEqual([true, true])
    expect([uses({ owed: [DEBT] }, 'hotel'), uses({ deadLetters: [LETTER] }, 'bank'), uses({}, 'bank')]).toEqual([
      false,
      false,
      false,
    ])
    expect(uses({ deadLetters: [{ ...EVENT, channel: 'hotel' } as DeadLetter] }, 'hotel')).toBe(false)
  })

  test('the entry is its instant, or the last write where it is not known', () => {
    const before = (part: Partial<Saga>, at: number) => isEnteredBefore(saga({ updatedAt: 20, ...part }), at)
    expect([before({ enteredAt: 10 }, 11), before({ enteredAt: 10 }, 10)]).toEqual([true, false])
    expect([before({ enteredAt: undefined }, 21), before({ enteredAt: undefined }, 20)]).toEqual([true, false])
  })
})

describe('C7 marks in a store of documents', () => {
  test('each filter is a condition of its own', () => {
    expect(markQuery({})).toEqual([])
    expect(markQuery({ has: 'owed', enteredBefore: 5, channel: 'bank', attemptsAtLeast: 0 })).toEqual([
      { 'history.owed.0': { $ne: null } },
      { $or: [{ 'history.entered': { $lt: 5 } }, { 'history.entered': null }] },
      { $or: [{ 'history.owed.channel': 'bank' }, { 'history.dead.channel': 'bank' }] },
      { 'history.owed.attempts': { $gte: 0 } },
    ])
    const paths = ALL_MARKS.map((has) => Object.keys(markQuery({ has })[0] ?? {})[0])
    expect(paths).toEqual(['history.owed.0', 'history.dead.0', 'history.parked.0', 'history.timer', 'history.hold'])
  })

  test('a list reads the fields that it shows, and no payload', () => {
    expect(LISTED_MARKS).toContain('history.owed.last')
    expect(LISTED_MARKS).toContain('history.dead.why')
    expect(LISTED_MARKS).toContain('history.parked.event.label')
    expect(LISTED_MARKS.filter((field) => /payload|body|headers/.test(field))).toEqual([])
    expect(new Set(LISTED_MARKS.map((field) => field.split('.').slice(0, 2).join('.')))).toEqual(
      new Set(['timer', 'hold', 'entered', 'owed', 'dead', 'parked'].map((part) => `history.${part}`)),
    )
  })

  test('payloads that were not read are empty', () => {
    const { event, ...parked } = PARKED
    const history = {
      states: [],
      dead: [{ id: 'd' }, 'damaged'],
      parked: [{ ...parked, event: { id: 'p' } }, null, [1]],
    }
    expect(withoutPayloads({ a: 1, history })).toEqual({
      a: 1,
      history: {
        states: [],
        dead: [{ id: 'd', payload: {} }, 'damaged'],
        parked: [{ ...parked, event: { id: 'p', payload: {} } }, null, [1]],
      },
    })
    expect(event.id).toBe('p')
    expect(history.dead[0]).toEqual({ id: 'd' })
  })

  test.each([{}, { history: null }, { history: [1] }, { history: 'x' }, { history: { owed: [], dead: null } }])(
    'a document without such lists is left: %j',
    (document) => expect(withoutPayloads(document)).toBe(document),
  )

  test('one of the lists may be there alone', () => {
    expect(withoutPayloads({ history: { dead: [{ id: 'd' }] } })).toEqual({
      history: { dead: [{ id: 'd', payload: {} }] },
    })
    expect(withoutPayloads({ history: { parked: [{ since: 1 }] } })).toEqual({
      history: { parked: [{ since: 1, event: undefined }] },
    })
  })
})

describe('C7 counts of states', () => {
  test('sagas are counted by state and mark, with the oldest debt', () => {
    const tally = new StateTally()
    tally.add(saga({ state: 'b', ...FULL, owed: [DEBT, { ...DEBT, since: NOW - 9 }] }))
    tally.add(saga({ state: 'b', owed: [DEBT] }))
    tally.add(saga({ state: 'a' }))
    const none = { owed: 0, deadLetters: 0, parked: 0, timers: 0, held: 0 }
    expect(tally.counts).toEqual([
      { state: 'a', total: 1, ...none },
      { state: 'b', total: 2, owed: 2, deadLetters: 1, parked: 1, timers: 1, held: 1, oldestDebt: NOW - 9 },
    ])
  })

  test('numbers of a store add up', () => {
    const tally = new StateTally()
    tally.total('a', 3)
    tally.total('a', 4)
    tally.mark('a', 'timer', 2)
    tally.debt('a', 5)
    tally.debt('a', 7)
    expect(tally.counts).toMatchObject([{ state: 'a', total: 7, timers: 2, owed: 0, oldestDebt: 5 }])
  })

  test('states come in their order', () => {
    const tally = new StateTally()
    for (const state of ['c', 'a', 'd', 'b']) tally.total(state, 1)
    expect(tally.counts.map(({ state }) => state)).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('C7 a line of a list', () => {
  test('it has what the saga waits for, in numbers and instants', () => {
    const line = encodeSummary(
      saga({ ...FULL, hold: { since: NOW, until: NOW + 5 }, due: NOW + 2, enteredAt: NOW + 3 }),
    )
    const at = (ms: number) => new Date(NOW + ms).toISOString()
    expect(line).toMatchObject({
      createdAt: at(0),
      updatedAt: at(0),
      due: at(2),
      stateSince: at(3),
      marks: { owed: 1, deadLetters: 1, parked: 1, timer: at(60_000), hold: at(0), until: at(5) },
      lastAnswers: [{ has: 'dead-letters', channel: 'hotel', answer: 'given up: x' }],
    })
  })

  test('what a saga has not is absent', () => {
    const line = encodeSummary(saga({ due: undefined, enteredAt: undefined, hold: undefined }))
    for (const key of ['due', 'stateSince', 'marks', 'lastAnswers']) expect(line).not.toHaveProperty(key)
    expect(encodeSummary(saga({ parked: [PARKED] })).marks).toEqual({ parked: 1 })
    expect(encodeSummary(saga({ hold: { since: NOW } })).marks).toEqual({ hold: new Date(NOW).toISOString() })
  })

  test('of many answers it has the first five', () => {
    const letters = Array.from({ length: 7 }, (_, at) => ({ ...LETTER, why: 'x'.repeat(at + 1) }))
    const answers = encodeSummary(saga({ deadLetters: letters })).lastAnswers?.map(({ answer }) => answer)
    expect(answers).toEqual(['x', 'xx', 'xxx', 'xxxx', 'xxxxx'].map((why) => `given up: ${why}`))
  })

  test('P12 a command that a start released is due since its decision', () => {
    const created = new Date(NOW).toISOString()
    expect(encodeSummary(saga({ due: 0, owed: [DEBT] })).due).toBe(new Date(NOW - 5).toISOString())
    expect(encodeSummary(saga({ due: 0 })).due).toBe(created)
  })
})
