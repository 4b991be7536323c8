import { describe, expect, test } from 'vitest'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { outlineOf, stateNow, strandings, type FileOutline } from '../../../src/config/strandings.ts'

const MACHINE: MachineDefinition = {
  initialState: 'paying',
  states: [
    {
      id: 'paying',
      isFinal: false,
      outgoingTransitions: [
        { inputEvent: 'paid', targetState: 'done' },
        { inputEvent: 'refused', targetState: 'failed' },
      ],
    },
    { id: 'checking', isFinal: false, outgoingTransitions: [{ inputEvent: 'paid', targetState: 'done' }] },
    { id: 'done', isFinal: true },
    { id: 'failed', isFinal: true },
  ],
}
const RUNNING = outlineOf(MACHINE, { channels: ['bank', 'post'] })

const without = (id: string): FileOutline['states'] => RUNNING.states.filter((state) => state.id !== id)
const moved = (states: FileOutline['states'], movedStates: FileOutline['movedStates']) =>
  strandings(RUNNING, { ...RUNNING, states, movedStates })

describe('P11 what a changed saga.json strands', () => {
  test('the running file strands nothing, not even with names that it has moved before', () => {
    expect(strandings(RUNNING, RUNNING)).toEqual([])
    const before = { ...RUNNING, movedStates: { older: 'paying' } }
    expect(strandings(before, before)).toEqual([])
    expect(strandings(before, before, ['older'])).toEqual([{ kind: 'moved', state: 'older', to: 'paying', events: [] }])
  })

  test('all that goes is named, worst first', () => {
    const states = [
      { id: 'paying', isFinal: false, events: ['paid'] },
      { id: 'done', isFinal: true, events: [] },
    ]
    expect(strandings(RUNNING, { states, movedStates: {}, channels: ['bank'] })).toEqual([
      { kind: 'gone', state: 'checking', isEnded: false },
      { kind: 'channel', channel: 'post' },
      { kind: 'deaf', state: 'paying', events: ['refused'] },
      { kind: 'gone', state: 'failed', isEnded: true },
    ])
  })

  test('sagas may be in states that both files lack', () => {
    expect(strandings(RUNNING, RUNNING, ['former', 'paying'])).toEqual([
      { kind: 'gone', state: 'former', isEnded: false },
    ])
  })

  test('a state with a new name is moved, if the new one exists and the saga has not ended, and may lose events', () => {
    const renamed = [...without('paying'), { id: 'charging', isFinal: false, events: ['paid'] }]
    const lost = { kind: 'moved', state: 'paying', to: 'charging', events: ['refused'] }
    expect(moved(renamed, { paying: 'charging' })).toEqual([lost])
    const gone = (state: string, isEnded = false) => [{ kind: 'gone', state, isEnded }]
    expect(moved(renamed, { paying: 'elsewhere' })).toEqual(gone('paying'))
    expect(moved(without('done'), { done: 'failed' })).toEqual(gone('done', true))
    expect(moved(without('paying'), JSON.parse('{"__proto__":"done"}') as FileOutline['movedStates'])).toEqual([
      ...gone('paying'),
      { kind: 'moved', state: '__proto__', to: 'done', events: [] },
    ])
  })

  test('a final state that stays loses no sagas with its events', () => {
    const listing = { ...RUNNING, states: [...without('done'), { id: 'done', isFinal: true, events: ['reopened'] }] }
    expect(strandings(listing, RUNNING)).toEqual([])
  })

  test('a state of a saga now is itself or its new name', () => {
    const now = { ...RUNNING, movedStates: { old: 'paying', lost: 'nowhere' } }
    expect(['paying', 'old', 'lost', 'toString'].map((id) => stateNow(now, id))).toEqual([
      'paying',
      'paying',
      undefined,
      undefined,
    ])
  })
})
