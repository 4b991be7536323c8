import { describe, expect, test } from 'vitest'
import { adviseMovedStates } from '../../../../cli/commands/plan/moved-states.ts'
import type { MachineDefinition, StateDefinition } from '../../../../src/machine/definition.ts'

type Ways = Readonly<Record<string, string>>

function state(id: string, command: string | undefined, ways: Ways): StateDefinition {
  return {
    id,
    isFinal: false,
    outputCommand: command === undefined ? undefined : { label: command, channel: 'c' },
    outgoingTransitions: Object.entries(ways).map(([inputEvent, targetState]) => ({ inputEvent, targetState })),
  }
}

const machine = (...states: readonly StateDefinition[]): MachineDefinition => ({
  initialState: 'begin',
  states: [...states, { id: 'end', isFinal: true }],
})

function advice(before: MachineDefinition, after: MachineDefinition) {
  const names = new Set(after.states.map(({ id }) => id))
  const gone = before.states.map(({ id }) => id).filter((id) => !names.has(id))
  return adviseMovedStates({ before, after, gone })
}

describe('P11 settings.movedStates that are proposed', () => {
  test('the one new state with the command and the transitions, whatever its name; more events do no harm', () => {
    const before = machine(state('paying', 'pay', { paid: 'end', again: 'paying' }))
    const after = machine(
      state('x', 'pay', { paid: 'end', again: 'x', late: 'end' }),
      state('y', 'other', { paid: 'end' }),
    )
    expect(advice(before, after)).toEqual({ movedStates: { paying: 'x' }, candidates: {} })
  })

  test('a lost event, another command or another target is a doubt', () => {
    const before = machine(state('paying', 'pay', { paid: 'end', refused: 'end' }))
    for (const other of [
      state('charging', 'pay', { paid: 'end' }),
      state('charging', 'pay', { paid: 'end', refused: 'begin' }),
    ]) {
      expect(advice(before, machine(other, state('begin', 'b', {})))).toEqual({
        movedStates: {},
        candidates: { paying: ['charging'] },
      })
    }
    expect(advice(before, machine(state('zzz', 'collect', { paid: 'end', refused: 'end' })))).toEqual({
      movedStates: {},
      candidates: { paying: [] },
    })
  })

  test('states that exchange names are told apart by similar names, or not at all', () => {
    const before = machine(state('waitingA', undefined, { go: 'end' }), state('resting', undefined, { go: 'end' }))
    const similar = machine(state('waitingB', undefined, { go: 'end' }), state('restings', undefined, { go: 'end' }))
    expect(advice(before, similar)).toEqual({
      movedStates: { waitingA: 'waitingB', resting: 'restings' },
      candidates: {},
    })
    const doubtful = machine(state('waitingB', undefined, { go: 'end' }), state('waitingC', undefined, { go: 'end' }))
    expect(advice(machine(state('waitingA', undefined, { go: 'end' })), doubtful).movedStates).toEqual({})
    expect(advice(machine(state('waitingA', undefined, { go: 'end' })), doubtful).candidates).toEqual({
      waitingA: ['waitingB', 'waitingC'],
    })
  })

  test('two lost states for one new one: neither is certain', () => {
    const before = machine(state('one', 'pay', { paid: 'end' }), state('two', 'pay', { paid: 'end' }))
    expect(advice(before, machine(state('zzzz', 'pay', { paid: 'end' })))).toEqual({
      movedStates: {},
      candidates: { one: ['zzzz'], two: ['zzzz'] },
    })
  })

  test('a state that the old file lacks too has candidates by its name alone, and any name is possible', () => {
    const after = machine(state('charging', 'pay', { paid: 'end' }))
    const gone = ['chargingg', '__proto__', 'toString']
    expect(adviseMovedStates({ before: machine(), after, gone }).candidates).toEqual(
      Object.fromEntries([
        ['chargingg', ['charging']],
        ['__proto__', []],
        ['toString', []],
      ]),
    )
  })
})
