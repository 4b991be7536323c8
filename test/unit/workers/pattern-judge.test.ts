import { expect, test } from 'vitest'
import { judgePattern } from '../../../workers/pattern-judge.ts'

test.each([
  ['^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$', true],
  ['^(a+)+$', false],
  ['\\d+$', false],
  ['^(a+)+\\1$', false],
])('C2.8 recheck judges %s: linear %s', { timeout: 60_000 }, async (source, isLinear) => {
  expect(await judgePattern(source, 'u')).toBe(isLinear)
})
