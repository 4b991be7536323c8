import { describe, expect, test } from 'vitest'
import { begin, decide } from '../../../src/engine/decide.ts'
import { evolve } from '../../../src/engine/evolve.ts'
import { mergeDeep, mergeFirstLevel } from '../../../src/engine/merge.ts'
import type { Metadata, Saga, SagaEvent } from '../../../src/engine/saga.ts'
import type { Step } from '../../../src/engine/change.ts'
import { compile } from '../../../src/machine/compile.ts'
import type { Machine, Merge } from '../../../src/machine/compile.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'

const AT = 1_000
const LEASES: Readonly<Record<string, number>> = { bank: 50, warehouse: 70 }
const DEFINITION: MachineDefinition = {
  initialState: 'open',
  creationEvent: 'placed',
  states: [
    {
      id: 'open',
      isFinal: false,
      businessStateId: 1,
      outputCommand: { label: 'reserve', channel: 'warehouse' },
      sideEffects: [{ label: 'nowhere' }, { label: 'tell', channel: 'bank' }, { label: 'shout', channel: 'bank' }],
      outgoingTransitions: [
        { inputEvent: 'again', targetState: 'open' },
        { inputEvent: 'reserved', targetState: 'quiet', businessEventId: 7 },
        { inputEvent: 'closed', targetState: 'done' },
      ],
    },
    { id: 'quiet', isFinal: false, sideEffects: [{ label: 'tell', channel: 'bank' }], outgoingTransitions: [] },
    {
      id: 'done',
      isFinal: true,
      outgoingTransitions: [
        { inputEvent: 'again', targetState: 'open' },
        { inputEvent: 'noted', targetState: 'done' },
      ],
    },
  ],
  businessStates: [{ id: 1, description: 'under way' }],
  businessEvents: [{ id: 7, description: 'set aside' }],
}

function machineWith(merge: Merge): Machine {
  return compile(DEFINITION, { merge, leaseOf: (channel) => LEASES[channel] ?? 0 })
}

const MACHINE = machineWith(mergeFirstLevel)
const CREATION = { id: 's', eventId: 'key/1', entity: 'e', metadata: { a: 1 }, fingerprint: 'f', trace: 'T0' }

function born(metadata: Metadata = { a: 1, nested: { kept: true } }): Saga {
  const step = begin(MACHINE, { ...CREATION, metadata }, AT)
  return evolve(undefined, { sagaId: 's', writeId: 'w', at: AT, step })
}

function event(label: string, rest: Partial<SagaEvent> = {}): SagaEvent {
  return { id: 'e1', sagaId: 's', label, payload: {}, ...rest }
}

function moved(saga: Saga, told: SagaEvent, machine: Machine = MACHINE): Step {
  const decision = decide(machine, { saga, event: told, now: AT + 1 })
  if (decision.kind !== 'moved') throw new TypeError(`expected "${told.label}" to move, found ${decision.kind}`)
  return decision.step
}

describe('begin', () => {
  test('C4.1 the first step enters the initial state by the creation event', () => {
    expect(begin(MACHINE, CREATION, AT)).toEqual({
      sagaId: 's',
      number: 0,
      at: AT,
      event: { id: 'key/1', label: 'placed' },
      state: { id: 'open', isFinal: false, business: { id: 1, description: 'under way' } },
      metadata: { a: 1 },
      owes: [
        { id: 's/0/0', label: 'reserve', channel: 'warehouse', trace: 'T0', attempts: 0, since: AT, due: AT + 70 },
      ],
      sideEffects: [
        { id: 's/0/1', sagaId: 's', label: 'tell', channel: 'bank', payload: { a: 1 }, trace: 'T0' },
        { id: 's/0/2', sagaId: 's', label: 'shout', channel: 'bank', payload: { a: 1 }, trace: 'T0' },
      ],
      machine: MACHINE.hash,
      birth: { entity: 'e', fingerprint: 'f' },
    })
  })

  test('P8 without a key there is no fingerprint', () => {
    const { fingerprint: _, ...creation } = CREATION
    expect(begin(MACHINE, creation, AT).birth).toEqual({ entity: 'e', fingerprint: undefined })
  })

  test('C4.5 a machine whose first state is final makes sagas that are final', () => {
    const definition = { initialState: 'a', states: [{ id: 'a', isFinal: true }] }
    const step = begin(compile(definition, { merge: mergeFirstLevel, leaseOf: () => 0 }), CREATION, AT)
    expect(step).toMatchObject({ state: { id: 'a', isFinal: true }, owes: [], sideEffects: [] })
    expect(step.event.label).toBe('__created__')
  })
})

describe('decide: moved', () => {
  test('C4.2 a listed event moves to its target with the metadata merged', () => {
    const step = moved(born(), event('reserved', { payload: { b: 2 } }))
    expect(step).toMatchObject({ sagaId: 's', number: 1, at: AT + 1, metadata: { a: 1, nested: { kept: true }, b: 2 } })
    expect(step.event).toEqual({ id: 'e1', label: 'reserved', business: { id: 7, description: 'set aside' } })
    expect(step.state).toEqual({ id: 'quiet', isFinal: false, business: undefined })
    expect(step.birth).toBeUndefined()
    expect(step.timer).toBeUndefined()
  })

  test('C2.5 the machine says how metadata merges', () => {
    const told = event('again', { payload: { nested: { more: 1 } } })
    expect(moved(born(), told).metadata).toEqual({ a: 1, nested: { more: 1 } })
    expect(moved(born(), told, machineWith(mergeDeep)).metadata).toEqual({ a: 1, nested: { kept: true, more: 1 } })
  })

  test('C3.1 side effects carry the merged metadata', () => {
    const step = moved(born({ a: 1 }), event('reserved', { payload: { a: 2 } }))
    expect(step.sideEffects[0]?.payload).toEqual({ a: 2 })
  })

  test('C2.1 a state without command owes nothing, its side effects keep their numbers (P5)', () => {
    const step = moved(born(), event('reserved'))
    expect(step.owes).toEqual([])
    expect(step.sideEffects.map(({ id }) => id)).toEqual(['s/1/1'])
  })

  test('P12 a debt is due when the lease of its writer ends', () => {
    expect(moved(born(), event('again')).owes).toMatchObject([{ attempts: 0, since: AT + 1, due: AT + 71 }])
  })

  test('I7 the same step decided again has the same commands; another step has others', () => {
    const saga = born()
    expect(moved(saga, event('again'))).toEqual(moved(saga, event('again')))
    const step = moved(saga, event('again'))
    const later = moved(evolve(saga, { sagaId: 's', writeId: 'w1', at: AT, step }), event('again'))
    expect([step.owes[0]?.id, later.owes[0]?.id]).toEqual(['s/1/0', 's/2/0'])
  })

  test('C3.5 traceparent is handed on with the commands of its step, and only of its step', () => {
    const traced = moved(born(), event('again', { trace: 'T1' }))
    expect([traced.owes[0]?.trace, ...traced.sideEffects.map(({ trace }) => trace)]).toEqual(['T1', 'T1', 'T1'])
    const next = evolve(born(), { sagaId: 's', writeId: 'w1', at: AT, step: traced })
    expect(moved(next, event('again')).owes[0]?.trace).toBeUndefined()
  })

  test('C3.6 P29 headers are handed on to all commands of their step, and only of their step', () => {
    const headers = { miauserid: 'u-1' }
    const first = begin(MACHINE, { ...CREATION, headers }, AT)
    const step = moved(born(), event('again', { headers }))
    for (const { owes, sideEffects } of [first, step])
      expect([...owes, ...sideEffects].map((one) => one.headers)).toEqual([headers, headers, headers])
    const next = evolve(born(), { sagaId: 's', writeId: 'w1', at: AT, step })
    expect(moved(next, event('again')).owes[0]?.headers).toBeUndefined()
  })

  test('P5 each step records the machine that decided it', () => {
    expect(moved(born(), event('again')).machine).toBe(MACHINE.hash)
  })
})

describe('decide: everything else', () => {
  test('C4.3 an event that the state does not list is unexpected', () => {
    const answer = { kind: 'unexpected', state: 'open', expected: ['again', 'reserved', 'closed'] }
    for (const label of ['charged', '', '__proto__', 'constructor', 'toString', 'Again', 'again ']) {
      expect(decide(MACHINE, { saga: born(), event: event(label), now: AT }), label).toEqual(answer)
    }
  })

  const ended = evolve(born(), { sagaId: 's', writeId: 'w', at: AT, step: moved(born(), event('closed')) })

  test('C4.5 a final state takes the events that it lists; the target decides if the saga is final', () => {
    expect(ended.isFinal).toBe(true)
    const step = moved(ended, event('again'))
    expect([step.number, step.state.id, step.owes[0]?.id]).toEqual([2, 'open', 's/2/0'])
    expect(evolve(ended, { sagaId: 's', writeId: 'w', at: AT, step }).isFinal).toBe(false)
    const still = evolve(ended, { sagaId: 's', writeId: 'w', at: AT, step: moved(ended, event('noted')) })
    expect([still.isFinal, still.state, still.length]).toEqual([true, 'done', 3])
  })

  test('C4.5 I6 a final state absorbs the events that it does not list', () => {
    expect(decide(MACHINE, { saga: ended, event: event('reserved'), now: AT })).toEqual({
      kind: 'unexpected',
      state: 'done',
      expected: ['again', 'noted'],
    })
  })

  test('I6 a final saga stays final where a newer machine goes on from its state', () => {
    const ended: Saga = { ...born(), isFinal: true }
    expect(decide(MACHINE, { saga: ended, event: event('again'), now: AT }).kind).toBe('unexpected')
  })

  test('P11 a saga in a state that this machine lacks is stranded, whatever the event', () => {
    for (const state of ['gone', '__proto__', 'constructor', '']) {
      for (const label of ['again', '?'])
        expect(decide(MACHINE, { saga: { ...born(), state }, event: event(label), now: AT })).toEqual({
          kind: 'stranded',
          state,
        })
    }
  })

  test('C4.5 I6 a saga that ended in such a state absorbs', () => {
    const ended: Saga = { ...born(), state: 'gone', isFinal: true }
    expect(decide(MACHINE, { saga: ended, event: event('again'), now: AT })).toEqual({
      kind: 'unexpected',
      state: 'gone',
      expected: [],
    })
  })

  test('P5 a merge that throws refuses the event, and only where it would move', () => {
    const broken = machineWith(() => {
      throw new Error('no')
    })
    expect(decide(broken, { saga: born(), event: event('again'), now: AT })).toEqual({
      kind: 'refused',
      why: 'merge the payload: no',
    })
    expect(decide(broken, { saga: born(), event: event('?'), now: AT }).kind).toBe('unexpected')
  })

  test('C2.5 a payload deeper than the stack is refused, not thrown', () => {
    let payload: Metadata = {}
    for (let level = 0; level < 100_000; level++) payload = { deep: payload }
    expect(decide(machineWith(mergeDeep), { saga: born(), event: event('again', { payload }), now: AT }).kind).toBe(
      'refused',
    )
    expect(decide(MACHINE, { saga: born(), event: event('again', { payload }), now: AT }).kind).toBe('moved')
  })
})

describe('payloadValidationSchema', () => {
  const schema = { required: ['sum'], properties: { sum: { type: 'number', minimum: 1 } } }
  const states = DEFINITION.states.map((state) =>
    state.id === 'open'
      ? {
          ...state,
          outgoingTransitions: [{ inputEvent: 'closed', targetState: 'done', payloadValidationSchema: schema }],
        }
      : state,
  )
  const merge: Merge = () => {
    throw new TypeError('expected no merge')
  }
  const checked = (used: Merge) => compile({ ...DEFINITION, states }, { merge: used, leaseOf: () => 0 })

  test('C4.2 a payload that breaks it is refused before the merge, with every problem', () => {
    const told = event('closed', { payload: { sum: 'x', much: 'y'.repeat(100_000) } })
    expect(decide(checked(merge), { saga: born(), event: told, now: AT })).toEqual({
      kind: 'refused',
      why: 'payload/sum: found a string of length 1, expected a number',
    })
    const empty = decide(checked(merge), { saga: born(), event: event('closed'), now: AT })
    expect(empty).toEqual({ kind: 'refused', why: 'payload: found an object, expected the property "sum"' })
  })

  test('C4.2 a payload that keeps it moves the saga', () => {
    expect(moved(born(), event('closed', { payload: { sum: 1 } }), checked(mergeFirstLevel)).metadata).toMatchObject({
      sum: 1,
    })
  })

  test('P5 a schema is a part of the machine, so that its hash changes', () => {
    expect(checked(mergeFirstLevel).hash).not.toBe(MACHINE.hash)
  })
})
