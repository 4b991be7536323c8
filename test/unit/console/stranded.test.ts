import { describe, expect, test } from 'vitest'
import type { Outline } from '../../../pages/console/api/draft.ts'
import { strandings, type Running } from '../../../pages/console/views/edit/stranded.ts'

const RUNNING: Running = {
  machine: {
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
  },
  channels: ['bank', 'post'],
}
const SAME: Outline = {
  states: RUNNING.machine.states.map(({ id, outgoingTransitions = [] }) => {
    return { id, events: outgoingTransitions.map(({ inputEvent }) => inputEvent) }
  }),
  movedStates: {},
  channels: ['bank', 'post'],
}

const without = (id: string): Outline['states'] => SAME.states.filter((state) => state.id !== id)

describe('P11 what a changed saga.json strands', () => {
  test('the running file strands nothing', () => {
    expect(strandings(RUNNING, SAME)).toEqual([])
  })

  test('all that goes is named where sagas are not known, worst first', () => {
    const states = [{ id: 'paying', events: ['paid'] }, ...without('paying').filter(({ id }) => /done/.test(id))]
    expect(strandings(RUNNING, { states, movedStates: {}, channels: ['bank'] })).toEqual([
      { kind: 'gone', state: 'checking', isEnded: false },
      { kind: 'channel', channel: 'post' },
      { kind: 'deaf', state: 'paying', events: ['refused'] },
      { kind: 'gone', state: 'failed', isEnded: true },
    ])
  })

  test('where sagas are known, only what meets them, and states that the running machine lacks too', () => {
    const live = { states: new Map([['former', 2] as const, ['paying', 1] as const]), channels: new Map() }
    const draft = { ...SAME, states: without('checking'), channels: [] }
    expect(strandings(RUNNING, draft, live)).toEqual([{ kind: 'gone', state: 'former', isEnded: false, sagas: 2 }])
  })

  test('a state with a new name in settings.movedStates is moved, if the new one exists and the saga has not ended', () => {
    const kinds = (states: Outline['states'], movedStates: Outline['movedStates']) =>
      strandings(RUNNING, { ...SAME, states, movedStates }).map(({ kind }) => kind)
    const renamed = [...without('paying'), { id: 'charging', events: [] }]
    expect(kinds(renamed, { paying: 'charging' })).toEqual(['moved'])
    expect(kinds(renamed, { paying: 'elsewhere' })).toEqual(['gone'])
    expect(kinds(without('done'), { done: 'failed' })).toEqual(['gone'])
    expect(kinds(without('paying'), JSON.parse('{"__proto__":"done"}') as Outline['movedStates'])).toEqual(['gone'])
  })
})
