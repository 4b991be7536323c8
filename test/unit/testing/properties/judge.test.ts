import { describe, expect, test } from 'vitest'
import { PropertyJudge } from '../../../../testing/properties/judge.ts'
import type { JudgedPath } from '../../../../testing/properties/judge.ts'
import { readProperties } from '../../../../testing/properties/read-properties.ts'
import { SMALL_MACHINE } from './small-machine.ts'

function judgeOf(file: { readonly never?: readonly (readonly string[])[]; readonly always?: readonly string[] }) {
  const read = readProperties(JSON.stringify(file), SMALL_MACHINE)
  if (!read.ok) throw new Error(read.problems.join('\n'))
  return new PropertyJudge(read.value)
}

const UNDER_WAY: JudgedPath = { states: [], events: [], commands: [], isFinal: false, standsStill: false }
const ENDED = { ...UNDER_WAY, isFinal: true }
const STUCK = { ...UNDER_WAY, standsStill: true }

describe('never', () => {
  const unshipped = judgeOf({ never: [['takePayment twice'], ['state charged', 'not state shipped']] })
  const BROKEN = [{ rule: 'never', index: 1, text: 'state charged, not state shipped' }]

  test('with "not" it is judged at the end of the path, and where the saga stands still for ever', () => {
    const states = ['paying', 'charged']
    expect(unshipped.judge({ ...UNDER_WAY, states })).toEqual([])
    expect(unshipped.judge({ ...ENDED, states })).toEqual(BROKEN)
    expect(unshipped.judge({ ...STUCK, states })).toEqual(BROKEN)
    expect(unshipped.judge({ ...ENDED, states: [...states, 'shipped'] })).toEqual([])
    expect(unshipped.judge({ ...ENDED, states: ['paying'] })).toEqual([])
  })

  test('without "not" it is judged at any moment', () => {
    const commands = [
      { id: 's/0/0', label: 'takePayment' },
      { id: 's/1/0', label: 'takePayment' },
    ]
    const broken = [{ rule: 'never', index: 0, text: 'takePayment twice' }]
    expect(unshipped.judge({ ...UNDER_WAY, commands })).toEqual(broken)
    expect(unshipped.judge({ ...ENDED, commands })).toEqual(broken)
  })

  test('a repeat of a command under its id counts once', () => {
    const commands = [
      { id: 's/0/0', label: 'takePayment' },
      { id: 's/0/0', label: 'takePayment' },
    ]
    expect(unshipped.judge({ ...ENDED, commands })).toEqual([])
  })

  test('"not … twice" holds of what happened once, "n times" of what happened as often or more often', () => {
    const judge = judgeOf({ never: [['event charged', 'not paying twice'], ['paying 3 times']] })
    const path = { ...ENDED, events: ['charged'] }
    const broken = (states: readonly string[]) => judge.judge({ ...path, states }).map(({ index }) => index)
    expect(broken(['paying'])).toEqual([0])
    expect(broken(['paying', 'paying'])).toEqual([])
    expect(broken(['paying', 'paying', 'paying'])).toEqual([1])
    expect(broken(['paying', 'paying', 'paying', 'paying'])).toEqual([1])
  })

  test('an event and a state of one name are two', () => {
    expect(judgeOf({ never: [['event charged']] }).judge({ ...ENDED, states: ['charged'] })).toEqual([])
    expect(judgeOf({ never: [['state charged']] }).judge({ ...ENDED, events: ['charged'] })).toEqual([])
  })
})

describe('always eventually final', () => {
  test('a saga that stands still for ever breaks it', () => {
    const judge = judgeOf({ always: ['eventually final'] })
    expect(judge.judge(STUCK)).toEqual([{ rule: 'always', index: 0, text: 'eventually final' }])
    expect(judge.judge(ENDED)).toEqual([])
    expect(judge.judge(UNDER_WAY)).toEqual([])
    expect(judgeOf({ never: [] }).judge(STUCK)).toEqual([])
  })
})

test('a tally counts no further than a term asks, so that a loop has finitely many', () => {
  const { counter } = judgeOf({ never: [['paying twice', 'not event charged']] })
  const paying = { kind: 'state', name: 'paying' } as const
  const twice = counter.after(counter.after(counter.start(), paying), paying)
  expect(counter.after(twice, paying)).toBe(twice)
  expect(counter.after(twice, { kind: 'event', name: 'charged' })).toEqual([2, 1])
  expect(counter.after(twice, { kind: 'state', name: 'shipped' })).toBe(twice)
  expect(counter.start()).toEqual([0, 0])
})
