import { mergeFirstLevel } from '../../../src/engine/merge.ts'
import type { Metadata, SagaId } from '../../../src/engine/saga.ts'
import { compile } from '../../../src/machine/compile.ts'
import type { Machine } from '../../../src/machine/compile.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'

const DEFINITION: MachineDefinition = {
  initialState: 'open',
  states: [
    {
      id: 'open',
      isFinal: false,
      businessStateId: 1,
      outputCommand: { label: 'reserve', channel: 'warehouse' },
      outgoingTransitions: [
        { inputEvent: 'asked again', targetState: 'open' },
        { inputEvent: 'reserved', targetState: 'paying', businessEventId: 7 },
      ],
    },
    {
      id: 'paying',
      isFinal: false,
      businessStateId: '1',
      outputCommand: { label: 'charge', channel: 'bank' },
      sideEffects: [{ label: 'notify', channel: 'mail' }],
      outgoingTransitions: [
        { inputEvent: 'declined', targetState: 'open' },
        { inputEvent: 'charged', targetState: 'done', businessEventId: 'paid' },
      ],
    },
    { id: 'done', isFinal: true, businessStateId: 2, outputCommand: { label: 'confirm', channel: 'mail' } },
  ],
  businessStates: [{ id: 1, description: 'Under way' }, { id: '1', description: 'Être payé ✓' }, { id: 2 }],
  businessEvents: [{ id: 7, description: 'Goods are set aside' }, { id: 'paid' }],
}

export const CHANNELS = ['warehouse', 'bank', 'mail'] as const
export const TIMEOUT = 1_000
/** The machine of every fixture. It does not change: later fixtures get one of their own. */
export const MACHINE: Machine = compile(DEFINITION, { merge: mergeFirstLevel, leaseOf: () => TIMEOUT + 5_000 })

/** A saga of the fixture: how it was made and where it stands. */
export interface FixtureSaga {
  readonly id: SagaId
  readonly metadata: Metadata
  /** Labels of its events, in order; the id of an event is `<saga>/<index>`. */
  readonly events: readonly string[]
  /** Answers of its participants while the fixture was made; `silent`: none at all. */
  readonly answers: 'delivered' | 'refused' | 'silent'
  /** State and owed commands in the fixture. */
  readonly state: string
  readonly owed: readonly string[]
  /** Event that moves it on, and the state after it; absent where the saga is final. */
  readonly next?: readonly [label: string, state: string]
}

const AGAIN = Array.from({ length: 12 }, () => 'asked again')
const ORDER = { order: 7, lines: [{ sku: 'a', price: 1.5 }, null], note: 'Zwölf ✓ 𝄞', empty: {}, none: [] }

export const FIXTURE_SAGAS: readonly FixtureSaga[] = [
  plan('fresh', { events: [], state: 'open', next: ['reserved', 'paying'] }),
  plan('moved', { events: ['reserved'], state: 'paying', next: ['declined', 'open'] }),
  plan('long', { events: AGAIN, state: 'open', next: ['asked again', 'open'] }),
  plan('final', { events: ['reserved', 'charged'], state: 'done' }),
  plan('owing', { answers: 'silent', events: [], state: 'open', owed: [0], next: ['reserved', 'paying'] }),
  plan('owing-two', {
    answers: 'silent',
    events: ['reserved'],
    state: 'paying',
    owed: [0, 1],
    next: ['declined', 'open'],
  }),
  plan('tried', { answers: 'refused', events: [], state: 'open', owed: [0], next: ['asked again', 'open'] }),
  plan('tried-two', {
    answers: 'refused',
    events: ['reserved'],
    state: 'paying',
    owed: [0, 1],
    next: ['declined', 'open'],
  }),
  plan('final-tried', { answers: 'refused', events: ['reserved', 'charged'], state: 'done', owed: [0, 1, 2] }),
]

interface Rest {
  readonly answers?: FixtureSaga['answers']
  readonly events: readonly string[]
  readonly state: string
  /** Numbers of the steps whose commands are owed. */
  readonly owed?: readonly number[]
  readonly next?: readonly [label: string, state: string]
}

function plan(id: SagaId, { answers = 'delivered', owed = [], ...rest }: Rest): FixtureSaga {
  return { id, metadata: { ...ORDER, of: id }, answers, owed: owed.map((step) => `${id}/${step}/0`), ...rest }
}
