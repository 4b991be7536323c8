import { describe, expect, test } from 'vitest'
import { outcomeWords } from '../../../pages/console/api/outcome-words.ts'
import { draftOf, fieldsOf } from '../../../pages/console/parts/payload-fields.ts'
import { exactJson } from '../../../pages/console/text/exact-json.ts'
import { durationText } from '../../../pages/console/text/time.ts'
import { countsIn } from '../../../pages/console/views/machine/metrics-text.ts'
import { timelineOf } from '../../../pages/console/views/saga/timeline-entries.ts'
import { listPath } from '../../../pages/console/views/sagas/list-path.ts'

const LATE = 'status 503: the ledger is locked for the night run'

describe('texts of the console', () => {
  test.each([
    [-5, '0 ms'],
    [38, '38 ms'],
    [1234, '1.2 s'],
    [12_900, '12 s'],
    [252_000, '4 m 12 s'],
    [3_600_000, '1 h'],
    [200_000_000, '2 d 7 h'],
  ])('the duration %d', (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text)
  })

  test('C2.5 digits that a double cannot hold stay as they are', () => {
    const parsed = exactJson('{"sum":12345678901234567890,"small":1e400,"half":0.5}') as { sum: unknown }
    expect(String((parsed.sum as { text: string }).text)).toBe('12345678901234567890')
    expect(JSON.stringify(parsed)).toContain('12345678901234567890')
  })

  test('P25 the answer to an action is put into words, ids by their ends', () => {
    const sent = ['flow-service01a22cf6-201e-725d-889b-7df1d9bcf3e1/1/0']
    expect(outcomeWords({ outcome: 'done', currentState: 'paying', details: { sent, other: 3 } })).toEqual([
      'Done.',
      '1 sent now: …7df1d9bcf3e1/1/0.',
      'other: 3.',
      'The saga is in paying.',
    ])
  })

  test('P25 a move is put into words: where it was, where it is, and its command', () => {
    const details = { from: 'paying', to: 'shipping', command: true, why: [LATE] }
    expect(outcomeWords({ outcome: 'done', currentState: 'shipping', details })).toEqual([
      'Done.',
      'From paying to shipping, with the command of the state.',
      `The reason was: ${LATE}.`,
    ])
  })

  test('P25 a trial says that nothing was changed', () => {
    expect(outcomeWords({ outcome: 'done', dryRun: true, currentState: 'a' })[0]).toMatch(/^A trial/)
  })

  test('the metrics that the page needs are summed', () => {
    const text = [
      'flow_manager_saga_states_total{state="a",incoming_message_label="x"} 3',
      'flow_manager_saga_states_total{state="b 1",incoming_message_label="y"} 4',
      'batuta_sends_total{channel="c",kind="command",result="delivered"} 9',
      'batuta_sends_total{channel="c",kind="command",result="rejected"} 2',
      '# HELP batuta_group_lag records',
    ].join('\n')
    expect(countsIn(text)).toEqual({ steps: 7, failures: 2 })
    expect(countsIn(`${text}\nbatuta_group_lag{channel="k",topic="t"} 5`).lag).toBe(5)
  })

  test('C7 the filters of the address are those of the list', () => {
    const path = listPath({ has: 'owed', standing: '3600', unknown: 'x' }, Date.parse('2026-01-31T12:00:10Z'))
    expect(path).toBe('sagas?has=owed&enteredBefore=2026-01-31T11%3A00%3A00.000Z&limit=50')
  })
})

describe('C2.6 the form of a payload', () => {
  const schema = {
    type: 'object',
    required: ['seats'],
    properties: {
      seats: { type: 'integer', minimum: 1 },
      room: { type: 'string' },
      vip: { type: 'boolean' },
      tags: { type: 'array' },
    },
  }

  test('C2.6 a field for each property, its value as it was typed', () => {
    const values = { seats: '12345678901234567890', room: '"7"', vip: 'true', tags: '[1]' }
    expect(draftOf(fieldsOf(schema), values).body).toBe(
      String.raw`{"seats":12345678901234567890,"room":"\"7\"","vip":true,"tags":[1]}`,
    )
  })

  test.each([
    [{}, 'Fill seats.'],
    [{ seats: 'x' }, 'seats is no number.'],
    [{ seats: '1', tags: '[' }, 'tags is no JSON.'],
  ])('C2.6 %j cannot be sent', (values, problem) => {
    expect(draftOf(fieldsOf(schema), values)).toEqual({ problem })
  })

  test.each([[undefined], [{}], [{ properties: { a: true } as never }]])('C2.6 %j is no reason to fail', (one) => {
    expect(() => fieldsOf(one)).not.toThrow()
  })
})

test('P25 the timeline has steps and actions by their time, an action that made a step once', () => {
  const at = (second: number) => `2026-01-31T12:00:0${second}.000Z`
  const history = {
    states: [0, 2].map((second) => ({ state: `s${second}`, timestamp: at(second) })),
    events: [
      { event: 'created', timestamp: at(0), id: 'e0' },
      { event: '__moved__', timestamp: at(2), id: 'e1', operation: 'o2' },
    ],
    operations: ['o1', 'o2'].map((id, n) => ({ id, action: 'hold', at: at(n + 1), operator: 'zoe', reason: 'r' })),
  }
  const entries = timelineOf({ history })
  expect(entries.map(({ key }) => key)).toEqual(['step 0', 'operation o1', 'step 1'])
  expect(entries[2]).toMatchObject({ step: { number: 2, since: 2000, operation: { id: 'o2' } } })
})

test('P11 P25 a step sends the command of its state, but not where it gave a new name, or was by hand without it', () => {
  const timestamp = '2026-01-31T12:00:00.000Z'
  const events = [
    { id: 'e0', event: 'created' },
    { id: 'e1', event: '__renamed__', renamedFrom: 'old' },
    { id: 'o2', event: '__moved__', operation: 'o2' },
    { id: 'o3', event: '__moved__', operation: 'o3' },
    { id: 'o4', event: 'paid' },
  ].map((event) => ({ ...event, timestamp }))
  const of = { at: timestamp, operator: 'zoe', reason: 'r' }
  const operations = [
    { id: 'o2', action: 'move', ...of },
    { id: 'o3', action: 'move', details: { command: true }, ...of },
    { id: 'o4', action: 'send-event', ...of },
  ]
  const states = events.map(({ id }) => ({ state: id, timestamp }))
  const steps = timelineOf({ history: { states, events, operations } }).flatMap((entry) =>
    'step' in entry ? [entry.step] : [],
  )
  expect(steps.map(({ state, sends }) => [state, sends])).toEqual([
    ['e0', true],
    ['e1', false],
    ['o2', false],
    ['o3', true],
    ['o4', true],
  ])
  expect(steps[1]?.renamedFrom).toBe('old')
})
