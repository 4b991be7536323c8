import { describe, expect, test } from 'vitest'
import { causesOf, questionsOf, type Answered } from '../../../pages/console/views/trouble/causes.ts'
import { groupsOf } from '../../../pages/console/views/trouble/answers.ts'
import type { SagaSummary, StateNumbers } from '../../../pages/console/api/documents.ts'

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

  test('sagas of one last answer are a group, the largest first, with a filter of their own', () => {
    const [cause] = causesOf(answered({ 'dead-letters': [numbers('a', 4)] }))
    const saga = (sagaId: string, answer: string, channel = 'bank', has = 'dead-letters'): SagaSummary =>
      ({ sagaId, lastAnswers: [{ has, channel, answer }] }) as SagaSummary
    const sagas = [
      saga('1', '422 limit'),
      saga('2', '503'),
      saga('3', '503'),
      saga('4', '422 limit', 'other'),
      saga('5', '422 limit', 'bank', 'owed'),
    ]
    const groups = cause === undefined ? [] : groupsOf(cause, sagas)
    expect(groups.map(({ words, sagas: of }) => [words, of.map(({ sagaId }) => sagaId)])).toEqual([
      ['answered 503', ['2', '3']],
      ['answered 422 “limit”', ['1']],
    ])
    expect(groups[1]?.cause).toMatchObject({
      count: 1,
      answer: '422 limit',
      filter: { has: 'dead-letters', channel: 'bank', currentState: 'a', lastAnswer: '422 limit' },
    })
  })

  test('sagas that stand are grouped by the events they wait for, which no filter tells apart', () => {
    const [cause] = causesOf(answered({ standing: [numbers('a', 2)] }))
    const groups = cause === undefined ? [] : groupsOf(cause, [{ sagaId: '1', waitingFor: ['paid', 'refused'] }])
    expect(groups).toMatchObject([{ words: 'waits for paid or refused' }])
    expect(groups[0]?.cause).toBe(cause)
  })
})
