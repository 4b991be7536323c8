import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeHead, encodeHead, encodeMetadata } from '../../../src/codec/head.ts'
import { begin, decide } from '../../../src/engine/decide.ts'
import { commandOf, evolve } from '../../../src/engine/evolve.ts'
import { mergeDeep, mergeFirstLevel } from '../../../src/engine/merge.ts'
import type { Command, CommandId, DeadCommand, DeadLetter, Metadata, Saga } from '../../../src/engine/saga.ts'
import type { Step } from '../../../src/engine/change.ts'
import { compile } from '../../../src/machine/compile.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { pathProblems } from '../../../testing/checker/path.ts'
import { events, machines, names, payloads, SAGA, scenarios } from '../../../testing/generators.ts'
import { deepFreeze } from '../../fakes/freeze.ts'
import { travel } from './travel.ts'
import type { Chore, Travel } from './travel.ts'

const merge = fc.constantFrom(mergeFirstLevel, mergeDeep)
const chores = fc.array(
  fc.constantFrom<Chore[]>('nothing', 'settle', 'claim', 'die', 'revive', 'park', 'unpark', 'refuse'),
  {
    maxLength: 20,
  },
)

/** Checks many random travels. */
async function everyTravel(look: (travelled: Travel, definition: MachineDefinition) => void): Promise<void> {
  const way = fc.asyncProperty(scenarios(), merge, chores, async (scenario, by, then) => {
    look(await travel(scenario, by, then), scenario.definition)
  })
  await fc.assert(way, { numRuns: 300 })
}

/** A dead letter of an event names none of the saga's commands. */
function isCommand(letter: DeadLetter): letter is DeadCommand {
  return letter.kind === undefined
}

function stepsOf({ changes }: Travel): Step[] {
  return changes.flatMap(({ step }) => (step === undefined ? [] : [step]))
}

describe('for random events of a saga', () => {
  test('I3 its history is a path in its machine', () =>
    everyTravel(({ document }, definition) => expect(pathProblems(definition, document)).toEqual([])))

  test('I3 C4.2 C4.3 it takes the path of the definition, and no other', () =>
    everyTravel(({ document, told }, definition) => {
      const way = wayOf(
        definition,
        told.map(({ event }) => event),
      )
      expect(document.history.states.map(({ state }) => state)).toEqual(way)
    }))

  test('I4 an event is applied once, however often it is repeated', () =>
    everyTravel(({ document, told }) => {
      const seen = new Set<string>()
      for (const { event, saved } of told) {
        const identity = JSON.stringify([event.id, event.label])
        if (saved !== undefined) expect(saved).toBe(seen.has(identity) ? 'duplicate' : 'saved')
        if (saved === 'saved') seen.add(identity)
      }
      expect(document.history.events.length).toBe(seen.size + 1)
    }))

  test('I6 a final state that lists nothing absorbs', () =>
    everyTravel(({ heads, told, saga }, { states }) => {
      const isEnd = ({ isFinal, state }: Saga) =>
        isFinal && states.find(({ id }) => id === state)?.outgoingTransitions?.length === 0
      const end = heads.findIndex(isEnd)
      for (const head of end === -1 ? [] : heads.slice(end)) {
        expect([head.isFinal, head.state, head.length]).toEqual([true, saga.state, saga.length])
        expect(head.metadata).toEqual(saga.metadata)
      }
      const last = told.findLastIndex(({ saved }) => saved === 'saved')
      if (isEnd(saga)) for (const { decision } of told.slice(last + 1)) expect(decision.kind).toBe('unexpected')
    }))

  test('C4.5 the finality of a saga is that of its state', () =>
    everyTravel(({ heads }, { states }) => {
      for (const { state, isFinal } of heads) expect(isFinal).toBe(states.find(({ id }) => id === state)?.isFinal)
    }))

  test('I7 no two of its commands share an id', () =>
    everyTravel((travelled) => {
      const ids = stepsOf(travelled).flatMap(({ owes, sideEffects }) => [...owes, ...sideEffects].map(({ id }) => id))
      expect(new Set(ids).size).toBe(ids.length)
    }))

  test('I7 P5 a command is equal as long as it is owed or a dead letter, over all later changes', () =>
    everyTravel(({ changes, heads }) => {
      const first = new Map<CommandId, Omit<Command, 'trace'>>()
      for (const [index, { step }] of changes.entries()) {
        const saga = heads[index] as Saga
        for (const { id, label, channel } of step?.owes ?? []) {
          first.set(id, { id, sagaId: SAGA, label, channel, payload: step?.metadata as Metadata })
        }
        const now = [...saga.owed.map((debt) => commandOf(saga, debt)), ...saga.deadLetters.filter(isCommand)]
        for (const command of now) {
          const { id, label, channel, payload } = command
          expect({ id, sagaId: SAGA, label, channel, payload }).toEqual(first.get(id))
        }
      }
    }))

  test('P3 its debts add up after every change', () =>
    everyTravel(({ changes, heads }) => {
      let owed = new Set<CommandId>()
      for (const [index, { step, settled = [], dead = [], revived = [] }] of changes.entries()) {
        const gone = new Set([...settled, ...dead.filter(isCommand).map(({ id }) => id)])
        owed = new Set([...owed].filter((id) => !gone.has(id)))
        for (const id of [...revived, ...(step?.owes ?? [])].map((debt) => debt.id)) owed.add(id)
        expect(new Set(heads[index]?.owed.map(({ id }) => id))).toEqual(owed)
        expect(heads[index]?.owed.length).toBe(owed.size)
      }
    }))

  test('P4 it is due at the earliest instant of its pending work', () =>
    everyTravel(({ heads }) => {
      for (const { owed, parked, timer, due } of heads) {
        const pending = [...owed.map((debt) => debt.due), ...parked.map(({ expires }) => expires)]
        if (timer !== undefined) pending.push(timer.deadline)
        expect(due).toBe(pending.length === 0 ? undefined : Math.min(...pending))
      }
    }))

  test('P1 it is the fold of its changes', () =>
    everyTravel(({ changes, heads, saga }) => {
      const folded = changes.reduce<Saga | undefined>((head, change) => evolve(head, change), undefined)
      expect(folded).toEqual(saga)
      expect(heads.at(-1)).toEqual(saga)
    }))

  test('C5 its head is read from a row as it was written', () =>
    everyTravel(({ heads }) => {
      for (const saga of heads) {
        const row = { id: saga.id, head: encodeHead(saga), metadata: encodeMetadata(saga), due: saga.due }
        const back = decodeHead(row)
        expect(back).toEqual(saga)
        expect([encodeHead(back), encodeMetadata(back)]).toEqual([row.head, row.metadata])
      }
    }))

  test('I7 a restart between any two events changes nothing: a decision on a stored row equals one in memory', () =>
    everyTravel(({ machine, heads, told }) => {
      for (const saga of heads) {
        const row = { id: saga.id, head: encodeHead(saga), metadata: encodeMetadata(saga), due: saga.due }
        for (const { event } of told.slice(0, 3)) {
          const [here, there] = [
            decide(machine, { saga, event, now: 1 }),
            decide(machine, { saga: decodeHead(row), event, now: 1 }),
          ]
          expect(JSON.stringify(there)).toBe(JSON.stringify(here))
        }
      }
    }))
})

describe('decide', () => {
  const anySaga = fc.record({
    state: names(),
    isFinal: fc.boolean(),
    length: fc.nat(),
    metadata: payloads(),
    id: fc.oneof(names(), fc.constant(SAGA)),
  })
  const anyTelling = machines().chain((definition) => fc.tuple(fc.constant(definition), events(definition)))

  test('is total: every saga and event has an answer; and pure: frozen inputs, equal results', () => {
    fc.assert(
      fc.property(anyTelling, merge, anySaga, fc.double(), ([definition, told], by, odd, now) => {
        const machine = deepFreeze(compile(deepFreeze(definition), { merge: by, leaseOf: () => 1 }))
        const step = begin(machine, { id: 's', eventId: 'e', entity: '', metadata: {} }, 0)
        const saga = deepFreeze({ ...evolve(undefined, { sagaId: 's', writeId: 'w', at: 0, step }), ...odd })
        for (const event of deepFreeze(told)) {
          const decision = decide(machine, { saga, event, now })
          expect(['moved', 'unexpected', 'stranded']).toContain(decision.kind)
          expect(decide(machine, { saga, event, now })).toEqual(decision)
          const isEnded = saga.isFinal && machine.states.get(saga.state)?.isFinal !== true
          if (isEnded) expect(decision.kind).toBe('unexpected')
          else if (!machine.states.has(saga.state)) expect(decision).toEqual({ kind: 'stranded', state: saga.state })
        }
      }),
      { numRuns: 500 },
    )
  })

  test('I7 commands of different sagas, steps and indexes never share an id, with any saga ids', () => {
    const id = fc.oneof(fc.constantFrom('s', 's/0', 's/0/0', 's/1/0', '0', '/', ''), names())
    const command = { label: 'x', channel: 'c' }
    const machine = compile(
      {
        initialState: 'a',
        states: [{ id: 'a', isFinal: true, outputCommand: command, sideEffects: [command, command] }],
      },
      { merge: mergeFirstLevel, leaseOf: () => 1 },
    )
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 2 }), (ids) => {
        const made = ids.flatMap((saga) => {
          const { owes, sideEffects } = begin(machine, { id: saga, eventId: 'e', entity: '', metadata: {} }, 0)
          return [...owes, ...sideEffects].map((one) => one.id)
        })
        expect(new Set(made).size).toBe(ids.length * 3)
      }),
    )
  })
})

describe('the checker', () => {
  const definition: MachineDefinition = {
    initialState: 'a',
    states: [
      { id: 'a', isFinal: false, outgoingTransitions: [{ inputEvent: 'go', targetState: 'b' }] },
      { id: 'b', isFinal: true, outgoingTransitions: [{ inputEvent: 'go', targetState: 'a' }] },
    ],
  }
  const problems = (states: readonly string[], labels: readonly string[], isFinal = true, ids = labels) =>
    pathProblems(definition, {
      currentState: 'b',
      latestEvent: 'go',
      isFinal,
      history: {
        states: states.map((state) => ({ state, timestamp: 't' })),
        events: labels.map((event, index) => ({ event, timestamp: 't', id: ids[index] ?? '', machine: '' })),
      },
    })

  test('I3 has nothing to say about a path', () => expect(problems(['a', 'b'], ['__created__', 'go'])).toEqual([]))

  test('I3 I4 I6 sees each way to leave one', () => {
    const wrong: readonly (readonly [string, string[]])[] = [
      ['empty', problems([], [])],
      ['stand beside', problems(['a'], [])],
      ['the first state is "b"', problems(['b'], ['__created__'])],
      ['the first event is "go"', problems(['a', 'b'], ['go', 'go'], true, ['1', '2'])],
      ['"a" does not list "stop"', problems(['a', 'b'], ['__created__', 'stop'])],
      ['the state after "go" is "a"', problems(['a', 'a'], ['__created__', 'go'])],
      ['"c" is not a state', problems(['a', 'c'], ['__created__', 'go'])],
      ['final "b" does not list "stop"', problems(['a', 'b', 'a'], ['__created__', 'go', 'stop'], false)],
      ['the current state is "b"', problems(['a'], ['__created__'])],
      ['the finality is false', problems(['a', 'b'], ['__created__', 'go'], false)],
      ['was applied before', problems(['a', 'b', 'b'], ['__created__', 'go', 'go'])],
    ]
    for (const [part, found] of wrong) expect(found.join('; ')).toContain(part)
  })
})

/** The states of a saga by the definition alone: the reference model of C4. */
function wayOf(
  definition: MachineDefinition,
  told: readonly { readonly id: string; readonly label: string }[],
): string[] {
  const way = [definition.initialState]
  const applied = new Set([JSON.stringify(['birth', definition.creationEvent ?? '__created__'])])
  for (const { id, label } of told) {
    const here = definition.states.find((state) => state.id === way.at(-1))
    const taken = here?.outgoingTransitions?.find(({ inputEvent }) => inputEvent === label)
    const identity = JSON.stringify([id, label])
    if (taken === undefined || applied.has(identity)) continue
    applied.add(identity)
    way.push(taken.targetState)
  }
  return way
}
