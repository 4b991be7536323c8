import { describe, expect, test } from 'vitest'
import { causesOf, questionsOf, type Answered } from '../../../pages/console/views/trouble/causes.ts'
import { answersOf } from '../../../pages/console/views/trouble/answers.ts'
import type { SagaDocument, StateNumbers } from '../../../pages/console/api/documents.ts'

const SINCE = '2026-01-31T12:00:00.000Z'

function numbers(state: string, total: number, others: Partial<StateNumbers> = {}): StateNumbers {
  return { state, total, owed: 0, deadLetters: 0, parked: 0, timers: 0, held: 0, ...others }
}

function answered(answers: Readonly<Record<string, readonly StateNumbers[]>>): readonly Answered[] {
  return questionsOf(['bank'], SINCE).map((question) => ({ ...question, counts: answers[question.kind] ?? [] }))
}

describe('the causes of trouble', () => {
  test('worst first, then by number; the filter of a cause is that of its bulk operation', () => {
    const causes = causesOf(
      answered({
        failing: [numbers('paying', 9)],
        'dead-letters': [numbers('paying', 2), numbers('refunding', 5)],
        'dead-events': [numbers('paying', 2), numbers('refunding', 5)],
      }),
    )
    expect(causes.map(({ kind, state, count }) => `${kind} ${state} ${count}`)).toEqual([
      'dead-letters refunding 5',
      'dead-letters paying 2',
      'failing paying 9',
    ])
    expect(causes[0]?.filter).toEqual({ has: 'dead-letters', channel: 'bank', currentState: 'refunding' })
  })

  test('dead letters of no channel are events', () => {
    const causes = causesOf(answered({ 'dead-letters': [numbers('a', 2)], 'dead-events': [numbers('a', 3)] }))
    expect(causes.map(({ kind, count }) => `${kind} ${count}`)).toEqual(['dead-letters 2', 'dead-events 1'])
  })

  test('a held saga is not one that stands', () => {
    expect(causesOf(answered({ standing: [numbers('a', 3, { held: 3 })] }))).toEqual([])
  })

  test('the last answers of its sagas are counted, the most frequent first', () => {
    const [cause] = causesOf(answered({ 'dead-letters': [numbers('a', 3)] }))
    const saga = (status: number, channel = 'bank') =>
      ({ deadLetters: [{ kind: 'command', channel, why: 'x', last: { at: SINCE, status, answer: 'no' } }] }) as never
    const sagas: readonly SagaDocument[] = [saga(500), saga(503), saga(503), saga(404, 'other')]
    expect(cause && answersOf(cause, sagas)).toEqual([
      { words: 'answered 503 “no”', count: 2 },
      { words: 'answered 500 “no”', count: 1 },
    ])
  })
})
