import { expect, test } from 'vitest'
import { formatReplay } from '../../../../cli/commands/replay/format-replay.ts'
import type { ReplayReport } from '../../../../cli/commands/replay/replay-tally.ts'
import { liveCount } from '../../../../cli/service/live-count.ts'

const SAME: ReplayReport = {
  sagas: 1,
  same: 1,
  differences: [],
  others: 0,
  lostStates: [],
  unreachedStates: [],
  unknownStates: [],
  unread: { sagas: 0, examples: [] },
}

test('a replay without differences is one line, and says what it cannot replay', () => {
  expect(formatReplay(SAME)).toMatch(
    /^1 history: 1 would go the same way, 0 would not\n\npayloads of past events are not stored/,
  )
})

test('no name of a history, and no reason, moves the cursor of a terminal', () => {
  const evil = 'x\u001b[31m\n\u009b2J\u2028'
  const group = {
    kind: 'elsewhere',
    state: evil,
    event: evil,
    before: evil,
    now: evil,
    sagas: 2,
    examples: [evil],
  } as const
  const text = formatReplay({
    ...SAME,
    sagas: 3,
    differences: [group, { ...group, kind: 'unexpected' }],
    lostStates: [evil],
    unreachedStates: [evil],
    unknownStates: [evil],
    unread: { sagas: 1, examples: [{ sagaId: evil, why: evil }] },
  })
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028]/)
  expect(
    text
      .split('\n')
      .filter((line) => line.startsWith('2 '))
      .map((line) => /\(unexpected\)/.test(line)),
  ).toEqual([false, true])
})

test('many groups are cut, and the sagas of the rest are counted', () => {
  const differences = Array.from({ length: 60 }, (_, n) => {
    return { kind: 'unexpected', state: 's', event: `e-${n}`, before: 'b', sagas: 1, examples: [`id-${n}`] } as const
  })
  const text = formatReplay({ ...SAME, sagas: 64, differences, others: 3 })
  expect(text).toContain('e-49')
  expect(text).not.toContain('e-50')
  expect(text).toContain('\n13 more sagas with other differences\n')
})

test('the count of a command is for terminals alone', () => {
  const told = (isTTY: boolean) => {
    let written = ''
    const stderr = { write: (text: string) => void (written += text), isTTY }
    const count = liveCount({ stdout: stderr, stderr, env: {} }, 'histories')
    count.update(200)
    count.update(400)
    count.end()
    return written
  }
  expect(told(false)).toBe('')
  expect(told(true)).toBe('\r\u001b[K200 histories\r\u001b[K')
})
