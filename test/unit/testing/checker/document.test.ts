import { beforeAll, describe, expect, test } from 'vitest'
import type { SagaDocument } from '../../../../src/codec/saga-document.ts'
import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import { checkDocument } from '../../../../testing/checker/check-document.ts'
import type { DocumentTerms } from '../../../../testing/checker/document/document-terms.ts'
import { HandMade, ID, LINE } from './hand-made.ts'

const HASH = new HandMade().machine.hash
const HOUR = 3_600_000
const NAMED = { timestamp: 't', machine: HASH }
/** The same line under the former name of its first state. */
const EARLIER: MachineDefinition = {
  initialState: 'old',
  states: LINE.states.map((state) => (state.id === 'a' ? { ...state, id: 'old' } : state)),
}

function fail(): never {
  throw new Error('the saga owes no command')
}

/** The document of a run that is made by hand. */
function documentOf(play: (made: HandMade) => void): SagaDocument {
  const made = new HandMade()
  play(made)
  const stored = made.run().sagas.get(ID)
  if (stored === undefined) throw new Error('there is no saga')
  return stored.document
}

function rulesOf(document: SagaDocument, terms: Partial<DocumentTerms> = {}): readonly string[] {
  const at = Date.parse(document.history.states.at(-1)?.timestamp ?? '')
  const machineOf = (hash: string) => (hash === HASH ? LINE : undefined)
  const violations = checkDocument(document, { machineOf, now: at, slack: HOUR, parkingLimit: 2, ...terms })
  return [...new Set(violations.map(({ rule }) => rule))]
}

let waiting: SagaDocument
let parked: SagaDocument
beforeAll(() => {
  waiting = documentOf((made) => void made.create())
  parked = documentOf(
    (made) =>
      void made
        .create()
        .park('to-c')
        .operate({ kind: 'hold' }, { hold: { since: made.now } }),
  )
})

describe('a document alone', () => {
  test('I3 I4 P5 P10 P18 P25 keeps the rules, whatever waits', () => {
    const ended = documentOf((made) => void made.create().settle().move('to-b').move('to-c').move('to-end'))
    for (const document of [waiting, parked, ended]) expect(rulesOf(document)).toEqual([])
  })

  test('P5 entries of another machine are judged without one', () => {
    const events = waiting.history.events.map((event) => ({ ...event, machine: 'other', event: 'strange' }))
    const strange = { ...waiting, latestEvent: 'strange', history: { ...waiting.history, events }, timer: undefined }
    expect(rulesOf(strange as unknown as SagaDocument)).toEqual([])
  })

  test('I3 P11 a state with a new name, also where the machine that had the former one is not known', () => {
    const former = (states: readonly { state: string }[]) => states.map((one) => ({ ...one, state: 'old' }))
    const before = waiting.history.events.map((entry) => ({ ...entry, machine: 'earlier' }))
    const renaming = { ...NAMED, event: '__renamed__', id: 'renamed', renamedFrom: 'old' }
    const renamed = (machine: string) => ({
      ...waiting,
      latestEvent: '__renamed__',
      timer: undefined,
      history: {
        states: [...former(waiting.history.states), { state: 'a', timestamp: 't' }],
        events: [...before.map((entry) => ({ ...entry, machine })), renaming],
      },
    })
    expect(rulesOf(renamed('earlier') as unknown as SagaDocument)).toEqual([])
    const all = { machineOf: (hash: string) => (hash === HASH ? LINE : EARLIER) }
    expect(rulesOf(renamed('earlier') as unknown as SagaDocument, all)).toEqual([])
  })

  test('I2 a command that was delivered or given up is not lost, nor one that an operator dropped or never sent', () => {
    const { id, label, channel, since } = waiting.owed?.[0] ?? fail()
    const operation = { id: 'o', action: 'drop-dead-letter', at: since, operator: 'zoe', reason: 'r' }
    const without = { ...waiting, owed: undefined }
    const byHand = [{ ...waiting.history.events[0], event: '__moved__', id: 'o', operation: 'o' }]
    const kept = [
      { ...without, delivered: [{ id, label, channel, since, at: since, sends: 1 }] },
      {
        ...without,
        deadLetters: [{ kind: 'command', id, label, channel, payload: {}, why: '400', since, attempts: 1 }],
      },
      { ...without, history: { ...waiting.history, operations: [operation] } },
      { ...without, history: { ...waiting.history, events: byHand } },
      { ...without, stateSince: undefined },
      { ...without, metadata: { large: 'x'.repeat(40_000) } },
    ] as unknown as readonly SagaDocument[]
    for (const document of kept) expect(rulesOf(document)).not.toContain('I2')
  })

  const later = { now: Date.UTC(2031, 0, 1) }
  const [state, event] = [
    { state: 'b', timestamp: 't' },
    { event: 'to-b', timestamp: 't', id: 'key/to-b', machine: HASH },
  ]
  const grown = (document: SagaDocument, ...entries: readonly (typeof event)[]) => ({
    states: [...document.history.states, ...entries.map(() => state)],
    events: [...document.history.events, ...entries],
  })
  const debt = (part: object) => ({ owed: waiting.owed?.map((one) => ({ ...one, ...part })) }) as Partial<SagaDocument>
  const timer = (part: object) => ({ timer: { ...waiting.timer, ...part } }) as Partial<SagaDocument>
  const park = (part: object) =>
    ({ parked: parked.parked?.map((one) => ({ ...one, ...part })) }) as Partial<SagaDocument>
  const operated = (part: object) =>
    ({
      history: { ...parked.history, operations: parked.history.operations?.map((one) => ({ ...one, ...part })) },
    }) as Partial<SagaDocument>

  type Broken = [rule: string, title: string, document: () => SagaDocument, terms?: Partial<DocumentTerms> | undefined]
  const BROKEN: readonly Broken[] = [
    ['I3', 'a state that is not the last of the history', () => ({ ...waiting, currentState: 'b' })],
    [
      'I3',
      'a step that the machine does not list',
      () => ({ ...waiting, history: grown(waiting, { ...event, event: 'x' }) }),
    ],
    ['I4', 'an event twice', () => ({ ...waiting, history: grown(waiting, event, event) })],
    ['I3', 'a step without its entry', () => ({ ...waiting, history: { ...waiting.history, states: [] } })],
    [
      'I2',
      'a command that is in none of the lists',
      () => ({ ...waiting, owed: undefined }) as unknown as SagaDocument,
    ],
    [
      'I2',
      'a command of a later step that is lost',
      () => ({ ...documentOf((made) => void made.create().settle().move('to-b')), owed: undefined }) as never,
    ],
    ['P3', 'a command twice', () => ({ ...waiting, owed: [...(waiting.owed ?? []), ...(waiting.owed ?? [])] })],
    ['P5', 'a command of no step', () => ({ ...waiting, ...debt({ id: `${ID}/7/0` }) })],
    ['P5', 'a command of another state', () => ({ ...waiting, ...debt({ label: 'do-b' }) })],
    ['P15', 'answers that are no number', () => ({ ...waiting, ...debt({ attempts: -1 }) })],
    ['I9', 'a command of the future', () => ({ ...waiting, ...debt({ since: '2040-01-01T00:00:00.000Z' }) })],
    ['P18', 'a timer of another step', () => ({ ...waiting, ...timer({ step: 5 }) })],
    ['P18', 'another event of the timer', () => ({ ...waiting, ...timer({ event: 'x' }) })],
    ['P18', 'a missing timer', () => ({ ...waiting, timer: undefined }) as unknown as SagaDocument, later],
    ['I9', 'a deadline that is long past', () => waiting, later],
    ['P10', 'more parked events than may be', () => parked, { parkingLimit: 0 }],
    [
      'P10',
      'an event that is parked twice',
      () => ({ ...parked, parked: [...(parked.parked ?? []), ...(parked.parked ?? [])] }),
    ],
    [
      'P10',
      'a parked event that was applied',
      () => ({ ...parked, ...park({ event: { id: 'key/c', label: '__created__', payload: {} } }) }),
    ],
    [
      'P10',
      'a time that ends before it begins',
      () => ({ ...parked, ...park({ expires: '2029-01-01T00:00:00.000Z' }) }),
    ],
    ['P10', 'a saga that has ended', () => ({ ...parked, isFinal: true, hold: undefined }) as unknown as SagaDocument],
    ['I9', 'a parked event whose time is over', () => parked, later],
    [
      'I9',
      'a parked event that is not offered',
      () => ({ ...parked, ...park({ event: { id: 'x', label: 'to-b' } }), hold: undefined }) as unknown as SagaDocument,
      later,
    ],
    [
      'I9',
      'a hold whose time is over',
      () => ({ ...parked, hold: { since: 't', until: '2030-01-01T00:00:00.000Z' } }),
      later,
    ],
    ['P25', 'an operation without a reason', () => ({ ...parked, ...operated({ reason: '' }) })],
    [
      'P25',
      'a step by hand without a record',
      () => ({ ...waiting, history: grown(waiting, { ...event, operation: 'key/o', id: 'key/o' } as typeof event) }),
    ],
    [
      'P27',
      'a bulk operation twice',
      () => {
        const operations = parked.history.operations?.map((one) => ({ ...one, id: 'bulk/1' })) ?? []
        return { ...parked, history: { ...parked.history, operations: [...operations, ...operations] } }
      },
    ],
  ]

  test.each(BROKEN.map(([rule, title, document, terms]) => ({ rule, title, document, terms })))(
    '$rule is broken by $title',
    ({ rule, document, terms }) => expect(rulesOf(document(), terms)).toContain(rule),
  )
})
