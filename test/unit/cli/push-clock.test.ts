import { expect, test, vi } from 'vitest'
import type { PlannedAnswer } from '../../../cli/play/play-participants.ts'
import { PlayClock } from '../../../cli/play/play-clock.ts'
import { pushClock } from '../../../cli/play/push-clock.ts'
import { webRuntime } from '../../../adapters/runtime/web.ts'

/** The time in which a command reaches its participant; here it needs none. */
vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }))

const DAY = 86_400_000

/** A play whose answers are due after these days; each look and each answer is noted with its day. */
function play(days: readonly number[], answered: (day: number) => readonly number[] = () => []) {
  const clock = new PlayClock(webRuntime('test', { write: () => undefined, writes: () => false }))
  const began = clock.now()
  const today = () => Math.floor((clock.now() - began) / DAY)
  const notes: string[] = []
  const planned = new Set(days)
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
  return { clock, today, notes, participants, look: async () => void notes.push(`look ${today()}`) }
}

test('a push stops at each answer on the way, looks for timeouts first, and ends where it was pushed to', async () => {
  const { notes, today, ...parts } = play([4, 1, 20])
  await pushClock(parts, 10 * DAY)
  expect(notes).toEqual(['look 1', 'answer 1', 'look 4', 'answer 4', 'look 10', 'armed'])
  expect(today()).toBe(10)
})

test('an answer that leads to a further one on the way is not the last', async () => {
  const { notes, ...parts } = play([1], (day) => (day === 1 ? [3] : []))
  await pushClock(parts, 5 * DAY)
  expect(notes).toEqual(['look 1', 'answer 1', 'look 3', 'answer 3', 'look 5', 'armed'])
})

test('a play without an end ends the push after some answers', async () => {
  const { notes, today, ...parts } = play([0], () => [0])
  await pushClock(parts, DAY)
  expect(notes.filter((note) => note.startsWith('answer'))).toHaveLength(250)
  expect(today()).toBe(1)
})
