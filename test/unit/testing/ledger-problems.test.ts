import { expect, test } from 'vitest'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { ledgerProblems } from '../../../testing/checker/ledger-problems.ts'
import type { RunLedgers } from '../../../testing/checker/ledger-problems.ts'

const MACHINE: MachineDefinition = {
  initialState: 'paying',
  states: [
    {
      id: 'paying',
      isFinal: false,
      outputCommand: { label: 'pay', channel: 'till' },
      outgoingTransitions: [{ inputEvent: 'paid', targetState: 'done' }],
    },
    { id: 'done', isFinal: true },
  ],
}
const AT = '2026-01-01T00:00:00.000Z'
const STATES = ['paying', 'done'].map((state) => ({ state, timestamp: AT }))
const EVENTS = [
  { event: '__created__', id: 'key/run/7', timestamp: AT, machine: 'm' },
  { event: 'paid', id: 'key/one/0/0/paid', timestamp: AT, machine: 'm' },
]
const DOCUMENT = {
  sagaId: 'one',
  currentState: 'done',
  latestEvent: 'paid',
  isFinal: true,
  metadata: { n: 7 },
  history: { states: STATES, events: EVENTS },
} as unknown as SagaDocument
const STANDING = {
  ...DOCUMENT,
  currentState: 'paying',
  latestEvent: '__created__',
  isFinal: false,
  history: { states: STATES.slice(0, 1), events: EVENTS.slice(0, 1) },
}
const TIMED = { ...DOCUMENT, history: { states: STATES, events: [EVENTS[0], { ...EVENTS[1], id: 'timer/0' }] } }
const PAID = { sagaId: 'one', key: 'one/0/0/paid', label: 'paid', outcome: 'moved' }
const PAY = { key: 'one/0/0', label: 'pay', bytes: '{"n":7}' }
const SOUND: RunLedgers = {
  machine: MACHINE,
  creations: [{ n: 7, sagaId: 'one' }],
  arrivals: [PAY, PAY],
  events: [PAID, { ...PAID, outcome: 'duplicate' }],
  documents: new Map([['one', DOCUMENT]]),
}
const showing = (document: object) => ({ documents: new Map([['one', document as SagaDocument]]) })

const SOUND_RUNS: Readonly<Record<string, Partial<RunLedgers>>> = {
  'nothing is wrong': {},
  'an event that the service did not take is lost': { events: [{ ...PAID, key: 'late', outcome: 'unexpected' }] },
  'a parked event that a timer overtook is dropped': {
    ...showing(TIMED),
    events: [{ ...PAID, outcome: 'parked' }],
  },
}

for (const [title, change] of Object.entries(SOUND_RUNS)) {
  test(`the ledgers are sound: ${title}`, () => expect(ledgerProblems({ ...SOUND, ...change })).toEqual([]))
}

const BROKEN_RUNS: Readonly<
  Record<string, { readonly rules: readonly string[]; readonly change: Partial<RunLedgers> }>
> = {
  'a saga that was created twice stands still': {
    rules: ['I2'],
    change: { ...showing(STANDING), events: [], creations: [...SOUND.creations, ...SOUND.creations] },
  },
  'a created saga is not there': { rules: ['I1', 'I1'], change: { documents: new Map() } },
  'the saga has the metadata of another': { rules: ['I1'], change: showing({ ...DOCUMENT, metadata: { n: 8 } }) },
  'two creations share a saga': {
    rules: ['P8', 'I1'],
    change: { creations: [...SOUND.creations, { n: 8, sagaId: 'one' }] },
  },
  'the saga stands still': { rules: ['I2'], change: { ...showing(STANDING), events: [] } },
  'the history is no path': {
    rules: ['I3'],
    change: showing({ ...DOCUMENT, latestEvent: 'shipped' }),
  },
  'a command never arrived': { rules: ['I2'], change: { arrivals: [] } },
  'a command arrived that no step has decided': {
    rules: ['I1'],
    change: { arrivals: [PAY, { ...PAY, key: 'one/1/0' }] },
  },
  'a repeat has other bytes': { rules: ['I7'], change: { arrivals: [PAY, { ...PAY, bytes: '{}' }] } },
  'an applied event is not in the history': { rules: ['I4'], change: { events: [{ ...PAID, key: 'other' }] } },
  'an event that a broker has is not in the history': {
    rules: ['I4'],
    change: { events: [{ sagaId: 'one', key: 'other', label: 'paid' }] },
  },
  'an applied event is gone, and a timer was there': { rules: ['I4'], change: { ...showing(TIMED), events: [PAID] } },
  'an event is in the history twice': {
    rules: ['I3', 'I3', 'I4', 'I4'],
    change: showing({
      ...DOCUMENT,
      history: { states: [...STATES, ...STATES.slice(1)], events: [...EVENTS, ...EVENTS.slice(1)] },
    }),
  },
}

for (const [title, { rules, change }] of Object.entries(BROKEN_RUNS)) {
  test(`I1 I2 I3 I4 I7 the ledgers are broken: ${title}`, () => {
    expect(ledgerProblems({ ...SOUND, ...change }).map(({ rule }) => rule)).toEqual(rules)
  })
}
