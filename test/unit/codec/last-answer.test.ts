import { expect, test } from 'vitest'
import { hasLastAnswer, lastAnswersOf } from '../../../src/codec/last-answer.ts'
import type { DeadLetter, Debt } from '../../../src/engine/saga.ts'

const letter = (part: object): DeadLetter =>
  ({
    id: 'i',
    label: 'pay',
    channel: 'bank',
    payload: {},
    why: 'status 422',
    since: 1,
    attempts: 1,
    ...part,
  }) as DeadLetter
const answered = (status: number | undefined, answer: string) => ({ last: { at: 1, status, answer } })
const answersOf = (...deadLetters: readonly DeadLetter[]) =>
  lastAnswersOf({ owed: [], deadLetters }).map(({ answer }) => answer)

test.each([
  [letter(answered(422, 'limit exceeded')), '422 limit exceeded'],
  [letter(answered(422, '')), '422'],
  [letter({ last: { at: 1, status: 422 } }), '422'],
  [letter(answered(422, ' limit  exceeded ')), '422 limit exceeded'],
  [letter(answered(422, 'order 17 of 2026-01-31T12:00Z, id a1b2-c3')), '422 order # of #:#, id #'],
  [letter(answered(500, '{"requestId":"x7","error":"no\n  seats"}')), '500 {"requestId":"#","error":"no seats"}'],
  [letter(answered(undefined, 'connect ECONNREFUSED 10.0.0.7:80')), 'no answer: connect ECONNREFUSED #.#.#.#:#'],
  [letter({ why: 'the hook threw: no 7' }), 'given up: the hook threw: no #'],
  [letter({ kind: 'event', label: 'paid', channel: undefined, why: 'parked for 7 ms' }), 'event paid: parked for # ms'],
])('P15 sagas of one cause share the words of their last answer', (dead, answer) => {
  expect(answersOf(dead)).toEqual([answer])
})

test('P15 a text is bounded, and no half of a character', () => {
  const [answer = ''] = answersOf(letter(answered(500, `${'x'.repeat(159)}😀${'y'.repeat(9_000)}`)))
  expect(answer.length).toBeLessThan(180)
  expect(answer.isWellFormed()).toBe(true)
})

test('P15 an answer counts at the commands of the filters beside it', () => {
  const debt = {
    id: 'o',
    label: 'pay',
    channel: 'post',
    attempts: 3,
    since: 1,
    due: 2,
    ...answered(503, 'busy'),
  } as Debt
  const unsent = { ...debt, last: undefined }
  const saga = { owed: [debt, unsent], deadLetters: [letter(answered(422, 'no')), letter(answered(422, 'no'))] }
  expect(lastAnswersOf(saga)).toEqual([
    { has: 'owed', channel: 'post', answer: '503 busy' },
    { has: 'dead-letters', channel: 'bank', answer: '422 no' },
  ])
  const has = (filter: object) => hasLastAnswer(saga, filter)
  expect(has({ lastAnswer: '422 no', has: 'dead-letters', channel: 'bank' })).toBe(true)
  expect(has({ lastAnswer: '422 no', has: 'dead-letters' })).toBe(true)
  expect(has({ lastAnswer: '422 no' })).toBe(true)
  expect(has({ lastAnswer: '422 no', has: 'owed' })).toBe(false)
  expect(has({ lastAnswer: '422 no', has: 'dead-letters', channel: 'post' })).toBe(false)
  expect(has({ lastAnswer: '422', has: 'dead-letters' })).toBe(false)
})
