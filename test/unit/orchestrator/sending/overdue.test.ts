import { expect, test } from 'vitest'
import { overdueLetters, overdueOf } from '../../../../src/orchestrator/sending/overdue.ts'
import type { OverdueRules } from '../../../../src/orchestrator/sending/overdue.ts'
import type { Debt } from '../../../../src/engine/saga.ts'
import { birth } from '../../../../testing/contract/build.ts'

const RULES: OverdueRules = {
  channels: new Map([['bank', { retry: { giveUpAfter: 100 } }]]),
  now: 1_100,
  isIdle: () => true,
  isPaused: () => false,
  resumedAt: () => undefined,
  silenceOf: () => 0,
}
const DEBT: Debt = { id: 's/0/0', label: 'pay', channel: 'bank', attempts: 2, since: 1_000, due: 1, tried: true }

type DebtPart = { readonly [Key in keyof Debt]?: Debt[Key] | undefined }

function isOverdue(part: DebtPart, rules: Partial<OverdueRules> = {}): boolean {
  return overdueOf([{ ...DEBT, ...part } as Debt], { ...RULES, ...rules }).length === 1
}

test('P15 a command that was sent is overdue from the end of its time on', () => {
  expect([isOverdue({}), isOverdue({ since: 1_001 })]).toEqual([true, false])
  expect([isOverdue({ held: 1 }), isOverdue({ channel: 'post' })]).toEqual([false, false])
  const two = [{ ...DEBT, since: 1_001 }, DEBT]
  expect(overdueOf(two, RULES)).toEqual([DEBT])
})

test('P15 P28 nothing is decided while it is sent, nor while its channel is paused', () => {
  expect(isOverdue({}, { isIdle: () => false })).toBe(false)
  expect(isOverdue({}, { isPaused: (channel) => channel === 'bank' })).toBe(false)
})

test('P15 one that was never sent is sent once first, unless the participant was silent for all that time', () => {
  const unsent = { tried: undefined }
  expect([isOverdue(unsent), isOverdue(unsent, { silenceOf: () => 99 })]).toEqual([false, false])
  expect(isOverdue(unsent, { silenceOf: (channel) => (channel === 'bank' ? 100 : 0) })).toBe(true)
})

test('P28 after a pause its time begins anew, and it is sent once first', () => {
  const resumedAt = () => 1_000
  const last = (at: number) => ({ since: 1, last: { at, status: 503 } })
  expect(isOverdue(last(1_001), { resumedAt, now: 1_099 })).toBe(false)
  expect([isOverdue(last(1_000), { resumedAt }), isOverdue(last(999), { resumedAt })]).toEqual([true, false])
  expect(isOverdue({ since: 1 }, { resumedAt })).toBe(true)
})

test('P15 the letter says how the last send ended', () => {
  const saga = birth({ id: 's' }).next
  const whyOf = (last: Debt['last']) => overdueLetters(saga, [{ ...DEBT, last }], RULES)?.[0]?.why
  const late = 'not delivered within 0.1 s'
  expect(whyOf({ at: 1, status: 503, answer: 'busy' })).toBe(`${late}: status 503`)
  expect(whyOf({ at: 1, answer: 'refused' })).toBe(`${late}: refused`)
  expect(whyOf(undefined)).toBe(`${late}: no answer`)
  expect(overdueLetters(saga, [], RULES)).toBeUndefined()
})
