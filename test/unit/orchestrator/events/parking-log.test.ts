import { describe, expect, test } from 'vitest'
import type { Chore } from '../../../../src/engine/chore.ts'
import type { Step } from '../../../../src/engine/change.ts'
import type { Saga } from '../../../../src/engine/saga.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import { reportChore, reportDropped } from '../../../../src/orchestrator/events/parking-report.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const SAGA = { id: 's1', state: 'paying', length: 3, deadLetters: [], parked: [] } as unknown as Saga
const EVENT = { id: 'e1', label: 'paid' }
const LETTER = { kind: 'event', ...EVENT, why: 'it does not fit' }

function scene() {
  const [runtime, metrics] = [simulatedRuntime(), fakeMetrics()]
  const parts = { runtime, metrics, incidents: new Incidents(runtime) }
  const lines = () => runtime.logged.map(({ code, fields }) => ({ code, ...fields }))
  return { parts, metrics, lines }
}

/** The lines and counts of a chore. */
function reported(kind: Chore['kind'], { entry = {}, before = {}, after = {} }: Record<string, object> = {}) {
  const { parts, metrics, lines } = scene()
  const chore = { kind, entry } as Chore
  reportChore(parts, { before: { ...SAGA, ...before }, after: { ...SAGA, ...after }, chore })
  return [lines(), metrics.lines]
}

function stepOf(event: object, state: object = { id: 'paid' }): { readonly step: Step } {
  return { step: { event, state } as Step }
}

describe('P10 P26 the log of chores', () => {
  test('P26 the end of a hold, and a later beginning, are told apart', () => {
    const fields = { saga: 's1', state: 'paying' }
    expect(reported('release')).toEqual([[{ code: 'saga.released', ...fields }], []])
    expect(reported('release', { before: { hold: { since: 1 } } })).toEqual([
      [{ code: 'saga.released', ...fields }],
      [],
    ])
    expect(reported('release', { before: { hold: { since: 1, isBeginning: true } } })).toEqual([
      [{ code: 'saga.begun', ...fields }],
      [],
    ])
  })

  test('P11 a state with another name', () => {
    expect(reported('rename', { after: { state: 'charging' } })).toEqual([
      [{ code: 'saga.renamed', saga: 's1', state: 'charging', renamedFrom: 'paying' }],
      ['count saga-renamed'],
    ])
  })

  test('P10 a new instant alone is no news', () => {
    expect(reported('reschedule')).toEqual([[], []])
  })

  test('P10 each event whose time is over is counted; those of one state are one incident', () => {
    const unparked = [EVENT, { id: 'e2', label: 'paid' }]
    const [lines, counts] = reported('expire', { entry: { unparked } })
    const fields = { code: 'event.expired', saga: 's1', state: 'paying', label: 'paid' }
    expect(lines).toEqual([
      { ...fields, event: 'e1' },
      { ...fields, event: 'e2' },
    ])
    expect(counts).toEqual(['count parked-expired', 'count parked-expired'])
  })

  test('P10 incidents of two states are two', () => {
    const { parts, lines } = scene()
    const chore = { kind: 'expire', entry: { unparked: [EVENT] } } as unknown as Chore
    for (const state of ['paying', 'shipping']) reportChore(parts, { before: { ...SAGA, state }, after: SAGA, chore })
    expect(parts.runtime.logged.map(({ level }) => level)).toEqual(['warn', 'warn'])
    expect(lines()).toMatchObject([{ state: 'paying' }, { state: 'shipping' }])
  })
})

describe('P10 the log of events that are offered', () => {
  test('P10 one that was taken has the state after it', () => {
    const after = { state: 'paid', length: 4, deadLetters: [LETTER] }
    expect(reported('offer', { entry: stepOf(EVENT), after })).toEqual([
      [{ code: 'event.taken', saga: 's1', label: 'paid', event: 'e1', state: 'paid' }],
      ['count parked-taken'],
    ])
  })

  test('P10 one that was refused has the reason of its own newest dead letter', () => {
    const deadLetters = [{ ...LETTER, why: 'of before' }, LETTER, { ...LETTER, id: 'e2', why: 'of another' }]
    expect(reported('offer', { entry: { unparked: [EVENT] }, after: { deadLetters } })).toEqual([
      [{ code: 'event.refused', saga: 's1', label: 'paid', event: 'e1', state: 'paying', why: 'it does not fit' }],
      ['count parked-refused'],
    ])
  })

  test('P10 one that was applied before is no news', () => {
    const other = { ...LETTER, id: 'e2' }
    expect(reported('offer', { entry: { unparked: [EVENT] }, after: { deadLetters: [other] } })).toEqual([[], []])
    expect(reported('offer', { after: { deadLetters: [other] } })).toEqual([[], []])
  })
})

describe('P10 the log of events that a final state drops', () => {
  const parked = [{ event: EVENT }, { event: { id: 'e2', label: 'late' } }, { event: { id: 'e3', label: 'late' } }]
  const saga = { ...SAGA, parked } as unknown as Saga
  const unparked = parked.map(({ event }) => event)
  const dropped = (change: object) => {
    const { parts, metrics, lines } = scene()
    reportDropped(parts, saga, change)
    return [lines(), metrics.lines]
  }

  test('P10 all but the event of the step itself', () => {
    const step = stepOf(EVENT, { id: 'paid', isFinal: true })
    expect(dropped({ ...step, unparked })).toEqual([
      [{ code: 'event.dropped', saga: 's1', state: 'paid', dropped: 2, of: 3, labels: ['late', 'late'] }],
      ['count parked-dropped', 'count parked-dropped'],
    ])
    expect(dropped({ ...step, unparked: [EVENT] })).toEqual([[], []])
    expect(dropped(step)).toEqual([[], []])
  })

  test('P10 a state that is not final drops none', () => {
    expect(dropped({ ...stepOf(EVENT, { id: 'paid', isFinal: false }), unparked })).toEqual([[], []])
    expect(dropped({ unparked })).toEqual([[], []])
  })
})
