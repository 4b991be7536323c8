import { expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import type { Saga, Timer } from '../../../../src/engine/saga.ts'
import { world } from './deadline-stage.ts'
import type { Given } from './deadline-stage.ts'

test('P18 it is handed in under the id of its step, with the newest head and the time of an event', async () => {
  const { fire, tasks, loaded, lines, metrics, rests } = world()
  expect(await fire()).toBe('written')
  const event = { id: 'timer/0', sagaId: 's1', label: 'silence', payload: {}, origin: 'timer' }
  const task = { event, deadline: DEFAULTS.eventDeadline, unexpectedEvents: 'ignore', head: loaded }
  expect(tasks).toEqual([{ ...task, isWanted: expect.any(Function) }])
  expect([metrics.times('count timer-fired'), rests()]).toEqual([1, 1])
  expect(lines()).toEqual([['timer.fired', { saga: 's1', label: 'silence', state: 'asked', to: 'giving up' }]])
})

test('P18 a timer without an event fires none', async () => {
  for (const more of [{ timer: { event: undefined } }, { saga: { timer: undefined } }]) {
    const { fire, tasks } = world(more)
    expect([await fire(), tasks]).toEqual(['left', []])
  }
})

test('P18 it is wanted while the saga waits for this very deadline, without a resend, and is not held', async () => {
  const { fire, tasks, saga } = world()
  await fire()
  const timer = saga.timer as Timer
  const wanted = [saga, { ...saga, timer: undefined }, { ...saga, timer: { ...timer, step: 1 } }].map((newest) =>
    tasks[0]?.isWanted?.(newest),
  )
  expect(wanted).toEqual([true, false, false])
  expect(tasks[0]?.isWanted?.({ ...saga, timer: { ...timer, resends: 1 } })).toBe(false)
  expect(tasks[0]?.isWanted?.({ ...saga, hold: { since: 0 } as Saga['hold'] })).toBe(false)
})

test.each([
  ['duplicate', 'left', 0],
  ['too-large', 'left', 1],
  ['unavailable', 'failed', 0],
  ['conflict', 'failed', 0],
])('P18 the answer %s leaves the saga as it is: %s', async (answer, kind, reports) => {
  const { fire, lines, metrics, rests } = world({ answer })
  expect(await fire()).toBe(kind)
  expect([lines().length, metrics.times('count timer-fired'), rests()]).toEqual([reports, 0, 1])
  const fields = { saga: 's1', state: 'asked', label: 'silence', why: 'the saga would be too large' }
  if (reports > 0) expect(lines()).toEqual([['timer.waits', fields]])
})

test.each<[string, Given, string]>([
  ['lists it no more', { timer: { event: 'gone' } }, 'the state does not list the event any more'],
  ['saga.json lacks', { saga: { state: 'gone' } }, 'saga.json lacks the state'],
  ['refuses it by its merge hook', { isRefused: true }, 'merge the payload: no such room'],
  ['is held', { saga: { hold: { since: 0 } as Saga['hold'] } }, 'the saga is held'],
])('P11 P18 P26 a state that %s leaves it, and says why', async (_, more, why) => {
  const { fire, tasks, lines, saga } = world(more)
  expect([await fire(), tasks]).toEqual(['left', []])
  expect(lines()).toEqual([['timer.waits', { saga: 's1', state: saga.state, label: saga.timer?.event, why }]])
})

test('P18 the same reason is logged once for each state', async () => {
  const { timers, saga, loaded, runtime } = world({ saga: { hold: { since: 0 } as Saga['hold'] } })
  for (const state of ['asked', 'asked', 'giving up']) await timers.fire({ ...saga, state }, loaded)
  expect(runtime.logged.map(({ level }) => level !== 'debug')).toEqual([true, false, true])
})
