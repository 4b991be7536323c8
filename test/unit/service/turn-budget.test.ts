import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TurnBudget } from '../../../workers/turn-budget.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

/** Requests that take so many milliseconds each, and the names of those that were begun, with their waits. */
function open(milliseconds: number) {
  const turns = new TurnBudget()
  const begun: [name: string, waited: number][] = []
  const run = (name: string, finishes = false): void =>
    turns.run((waited) => {
      begun.push([name, waited])
      vi.advanceTimersByTime(milliseconds)
    }, finishes)
  return { turns, begun, run }
}

test('P16 a request begins at once while its turn has time', () => {
  const { begun, run } = open(1)
  for (let at = 0; at < 5; at++) run(`r${at}`)
  expect(begun).toEqual([0, 1, 2, 3, 4].map((at) => [`r${at}`, 0]))
})

test('P16 further requests wait for the next turns, in order, and the turns go on meanwhile', async () => {
  const { turns, begun, run } = open(10)
  const names = Array.from({ length: 40 }, (_, at) => `r${at}`)
  for (const name of names) run(name)
  expect(begun.length).toBeLessThan(10)
  let passed = 0
  for (; turns.length > 0; passed++) await turn()
  expect(passed).toBeGreaterThan(3)
  expect(begun.map(([name]) => name)).toEqual(names)
  expect(begun.at(-1)?.[1]).toBeGreaterThan(100)
})

test('P16 requests that finish work begin before those that begin some', async () => {
  const { turns, begun, run } = open(10)
  run('first')
  for (let at = 0; at < 20; at++) run(`creation${at}`)
  for (let at = 0; at < 5; at++) run(`event${at}`, true)
  const direct = begun.length
  while (turns.length > 0) await turn()
  const waited = begun.slice(direct).map(([name]) => name)
  expect(waited.slice(0, 5)).toEqual(['event0', 'event1', 'event2', 'event3', 'event4'])
  expect(waited).toHaveLength(26 - direct)
})

test('P16 while many connections come, requests that wait leave some turns to them, not all', async () => {
  const { turns, begun, run } = open(10)
  for (let at = 0; at < 40; at++) run(`r${at}`)
  const accept = () => {
    for (let at = 0; at < 64; at++) turns.accepted()
    vi.advanceTimersByTime(4)
  }
  await turn()
  const before = begun.length
  accept()
  await turn()
  expect(begun.length).toBe(before)
  for (let at = 0; at < 10; at++) {
    accept()
    await turn()
  }
  expect(begun.length).toBeGreaterThan(before)
  while (turns.length > 0) await turn()
})
