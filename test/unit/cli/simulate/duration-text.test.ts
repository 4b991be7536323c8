import { expect, test } from 'vitest'
import { durationText } from '../../../../cli/commands/simulate/duration-text.ts'

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [12_340, '12.3 s'],
  [902_000, '15 min 2 s'],
  [900_000, '15 min'],
  [11_100_000, '3 h 5 min'],
  [266_400_000, '3 d 2 h'],
])('%i milliseconds are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})
