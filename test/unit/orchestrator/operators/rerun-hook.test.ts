import { describe, expect, test } from 'vitest'
import type { EarlierHistory } from '../../../../src/codec/hooked-saga.ts'
import { mergeFirstLevel } from '../../../../src/engine/merge.ts'
import type { DeadCommand, Saga } from '../../../../src/engine/saga.ts'
import type { Step } from '../../../../src/engine/change.ts'
import { compile } from '../../../../src/machine/compile.ts'
import type { CommandHooks, EarlierSaga, HookedStep } from '../../../../src/orchestrator/hooks/command-hooks.ts'
import { rerunHook } from '../../../../src/orchestrator/operators/rerun-hook.ts'
import { DEFINITION } from './operate-stage.ts'

const NOW = 5_000
const at = (second: number) => new Date(second * 1_000).toISOString()

const HISTORY: EarlierHistory = {
  states: [
    { state: 'a', timestamp: at(1) },
    { state: 'ended', timestamp: at(2), businessStateId: 7, businessStateDescription: 'over' },
    { state: 'c', timestamp: at(3) },
  ],
  events: [
    { event: '__created__', id: 'created', machine: 'm', timestamp: at(1) },
    {
      event: 'on',
      id: 'key/on',
      machine: 'm',
      timestamp: at(2),
      businessEventId: 'e7',
      businessEventDescription: 'it went on',
    },
    { event: 'late', id: 'key/late', machine: 'm', timestamp: at(3) },
  ],
}

const SAGA = { id: 's1', entity: 'e' } as Saga

function letterOf(step: number): DeadCommand {
  return {
    id: `s1/${step}/0`,
    label: 'ship',
    channel: 'reservations',
    payload: { n: step },
    hookFailed: true,
    why: 'no price',
    since: 1,
    attempts: 0,
  }
}

function machineOf() {
  return compile(DEFINITION, { merge: mergeFirstLevel, leaseOf: () => 1_000, hookOf: () => () => ({ payload: 1 }) })
}

/** A rerun whose hooks answer as the test says, and what they were given. */
function rerun(step: number, answer: (step: Step) => HookedStep = (made) => ({ step: made })) {
  const given: [Step, EarlierSaga][] = []
  const make = (made: Step, earlier: EarlierSaga): HookedStep => {
    given.push([made, earlier])
    return answer(made)
  }
  const machine = machineOf()
  const parts = { machine, hooks: { make } as unknown as CommandHooks }
  return { given, rerun: rerunHook(parts, letterOf(step), { saga: SAGA, history: HISTORY, now: NOW }) }
}

describe('P5 a hook runs again as in its own step', () => {
  test('P5 with the state, event and metadata of the step, and the history before it', () => {
    const [[step, earlier] = []] = rerun(1).given
    expect(step).toMatchObject({
      sagaId: 's1',
      number: 1,
      at: 2_000,
      event: { id: 'key/on', label: 'on', business: { id: 'e7', description: 'it went on' } },
      state: { id: 'ended', isFinal: true, business: { id: 7, description: 'over' } },
      metadata: { n: 1 },
    })
    expect(earlier).toEqual({
      entity: 'e',
      history: { states: HISTORY.states.slice(0, 1), events: HISTORY.events.slice(0, 1) },
    })
  })

  test('P5 a state that is not final, without business names', () => {
    const [[step] = []] = rerun(2).given
    expect(step?.state).toEqual({ id: 'c', isFinal: false, business: undefined })
    expect(step?.event).toEqual({ id: 'key/late', label: 'late', business: undefined })
  })

  test('P5 the message of the hook takes the place of the metadata; without a hook they are written out', () => {
    const made = rerun(1, (step) => ({
      step: { ...step, owes: step.owes.map((debt) => ({ ...debt, body: '"made"' })) },
    }))
    const debt = { id: 's1/1/0', since: NOW, due: NOW, tried: true, attempts: 0 }
    expect(made.rerun).toMatchObject({ kind: 'made', debt: { ...debt, body: '"made"', payload: undefined } })
    expect(rerun(1).rerun).toMatchObject({ kind: 'made', debt: { ...debt, body: undefined, payload: { n: 1 } } })
  })

  test('P5 one that fails again has the new reason, since now', () => {
    const failed = { ...letterOf(1), why: 'still no price', since: 3 }
    const { given, rerun: again } = rerun(1, (step) => ({ step: { ...step, owes: [] }, dead: [failed] }))
    expect(again).toEqual({
      kind: 'failed',
      letter: { ...failed, since: NOW },
      hooked: { ...given[0]?.[0], owes: [] },
    })
  })

  test.each([
    ['no state', { ...HISTORY, states: HISTORY.states.slice(0, 1) }],
    ['no event', { ...HISTORY, events: HISTORY.events.slice(0, 1) }],
  ])('P5 a history that has %s of the step is the reason', (_, history) => {
    const machine = machineOf()
    const make = (): never => expect.unreachable()
    const parts = { machine, hooks: { make } as unknown as CommandHooks }
    expect(rerunHook(parts, letterOf(1), { saga: SAGA, history, now: NOW })).toEqual({
      kind: 'failed',
      letter: { ...letterOf(1), why: 'the history has no step 1, so the hook cannot run', since: NOW },
    })
  })
})
