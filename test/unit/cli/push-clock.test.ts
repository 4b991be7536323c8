import { expect, test, vi } from 'vitest'
import type { PlannedAnswer } from '../../../cli/play/play-participants.ts'
import { PlayClock } from '../../../cli/play/play-clock.ts'
import { pushClock } from '../../../cli/play/push-clock.ts'
import { webRuntime } from '../../../adapters/runtime/web.ts'

/** The time in which a command reaches its participant; here it needs none. */
vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }))

const DAY = 86_400_000

interface Course {
  /** Days of the answers. */
  readonly answers?: readonly number[]
  /** Days of further answers, after one of a day. */
  readonly answered?: (day: number) => readonly number[]
  /** Days of the deadlines in the store; each look ends those that have come, and may begin others. */
  readonly deadlines?: readonly number[]
  readonly ended?: (day: number) => readonly number[]
}

/** A play in which each look and each answer is noted with its day. */
function play({ answers = [], answered = () => [], deadlines = [], ended = () => [] }: Course) {
  const clock = new PlayClock(webRuntime('test', { write: () => undefined, writes: () => false }))
  const began = clock.now()
  const today = () => Math.floor((clock.now() - began) / DAY)
  const notes: string[] = []
  const planned = new Set(answers)
  const stored = new Set(deadlines)
  const participants = {
    nextDue: (until: number) => {
      const next = [...planned].sort((a, b) => a - b).find((day) => began + day * DAY <= until)
      return next === undefined ? undefined : ({ due: began + next * DAY, day: next } as unknown as PlannedAnswer)
    },
    deliver: async (answer: PlannedAnswer) => {
      const { day } = answer as unknown as { readonly day: number }
      planned.delete(day)
      for (const later of answered(day)) planned.add(later)
      notes.push(`answer ${today()}`)
    },
    rearm: () => void notes.push('armed'),
  }
  const look = async () => {
    notes.push(`look ${today()}`)
    for (const day of stored) {
      if (day <= today() && stored.delete(day)) for (const later of ended(day)) stored.add(later)
    }
  }
  const nextDue = async ({ now, until }: { readonly now: number; readonly until: number }) =>
    [...stored]
      .map((day) => began + day * DAY)
      .filter((at) => at > now && at <= until)
      .sort((a, b) => a - b)[0]
  return { clock, began, today, notes, participants, look, nextDue }
}

test('a push stops at each answer on the way, looks for timeouts first, and ends where it was pushed to', async () => {
  const { notes, began, today, ...parts } = play({ answers: [4, 1, 20] })
  await pushClock(parts, began + 10 * DAY)
  expect(notes).toEqual(['look 1', 'answer 1', 'look 4', 'answer 4', 'look 10', 'armed'])
  expect(today()).toBe(10)
})

test('an answer that leads to a further one on the way is not the last', async () => {
  const { notes, began, ...parts } = play({ answers: [1], answered: (day) => (day === 1 ? [3] : []) })
  await pushClock(parts, began + 5 * DAY)
  expect(notes).toEqual(['look 1', 'answer 1', 'look 3', 'answer 3', 'look 5', 'armed'])
})

test('a play without an end ends the push after some answers', async () => {
  const { notes, began, today, ...parts } = play({ answers: [0], answered: () => [0] })
  await pushClock(parts, began + DAY)
  expect(notes.filter((note) => note.startsWith('answer'))).toHaveLength(250)
  expect(today()).toBe(1)
})

test('a push stops at each deadline on the way: a timeout after a timeout ends at its own instant', async () => {
  const { notes, began, ...parts } = play({
    deadlines: [1, 9],
    ended: (day) => (day < 3 ? [day + 1] : []),
    answers: [2],
  })
  await pushClock(parts, began + 4 * DAY)
  expect(notes).toEqual(['look 1', 'look 2', 'answer 2', 'look 3', 'look 4', 'armed'])
})
