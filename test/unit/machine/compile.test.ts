import { describe, expect, test } from 'vitest'
import { mergeFirstLevel } from '../../../src/engine/merge.ts'
import { compile } from '../../../src/machine/compile.ts'
import type { Machine, State } from '../../../src/machine/compile.ts'
import type { MachineDefinition, StateDefinition } from '../../../src/machine/definition.ts'

const ODD = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', ' ', '\u0000', '💥']
const LEASES: Readonly<Record<string, number>> = { bank: 5, warehouse: 7 }

const DEFINITION: MachineDefinition = {
  initialState: 'open',
  creationEvent: 'orderPlaced',
  states: [
    {
      id: 'open',
      isFinal: false,
      businessStateId: 1,
      outputCommand: { label: 'reserve', channel: 'warehouse' },
      sideEffects: [{ label: 'note' }, { label: 'tell', channel: 'bank' }, { label: 'shout', channel: 'warehouse' }],
      outgoingTransitions: [
        { inputEvent: 'again', targetState: 'open' },
        { inputEvent: 'reserved', targetState: 'paying', businessEventId: '1' },
      ],
    },
    {
      id: 'paying',
      isFinal: false,
      businessStateId: '1',
      outputCommand: { label: 'charge' },
      outgoingTransitions: [
        { inputEvent: 'declined', targetState: 'open' },
        { inputEvent: 'charged', targetState: 'done' },
      ],
    },
    { id: 'done', isFinal: true, outgoingTransitions: [{ inputEvent: 'again', targetState: 'open' }] },
  ],
  businessStates: [{ id: 1, description: 'under way' }, { id: '1' }],
  businessEvents: [{ id: '1', description: 'set aside' }],
}

function compiled(definition: MachineDefinition = DEFINITION): Machine {
  return compile(definition, { merge: mergeFirstLevel, leaseOf: (channel) => LEASES[channel] ?? 0 })
}

function stateOf(machine: Machine, id: string): State {
  const state = machine.states.get(id)
  if (state === undefined) throw new TypeError(`look up a state: "${id}" is not there`)
  return state
}

function machineOf(...states: StateDefinition[]): MachineDefinition {
  return { initialState: states[0]?.id ?? '', states }
}

describe('compile: indexing', () => {
  const machine = compiled()
  const open = stateOf(machine, 'open')
  const paying = stateOf(machine, 'paying')

  test('C2.1 every state and every transition is one look-up away', () => {
    expect([...machine.states.keys()]).toEqual(['open', 'paying', 'done'])
    expect([...open.transitions.keys()]).toEqual(['again', 'reserved'])
    expect(machine.initial).toBe(open)
    expect(open.transitions.get('reserved')?.target).toBe(paying)
  })

  test('C2.1 business tags are resolved, a number and a string of the same digits told apart', () => {
    expect(open.business).toEqual({ id: 1, description: 'under way' })
    expect(paying.business).toEqual({ id: '1', description: undefined })
    expect(stateOf(machine, 'done').business).toBeUndefined()
    expect(open.transitions.get('reserved')?.business).toEqual({ id: '1', description: 'set aside' })
    expect(open.transitions.get('again')?.business).toBeUndefined()
  })

  test('P12 a command knows the lease of its channel', () => {
    expect(open.command).toEqual({ label: 'reserve', channel: 'warehouse', lease: 7 })
  })

  test('C2.1 commands and side effects without a channel are not compiled', () => {
    expect(paying.command).toBeUndefined()
    expect(open.sideEffects.map(({ label }) => label)).toEqual(['tell', 'shout'])
  })

  test('C2.1 loops and self loops lead to the very same states', () => {
    expect(open.transitions.get('again')?.target).toBe(open)
    expect(paying.transitions.get('declined')?.target).toBe(open)
  })

  test('C4.5 a final state has the transitions that it lists', () => {
    expect(stateOf(machine, 'done').transitions.get('again')?.target).toBe(open)
  })

  test('C2.1 of a repeated business id the first entry counts', () => {
    const businessStates = [{ id: 1, description: 'first' }, { id: 2 }, { id: 1, description: 'second' }]
    const repeated = compiled({ ...machineOf({ id: 'a', isFinal: true, businessStateId: 1 }), businessStates })
    expect(stateOf(repeated, 'a').business).toEqual({ id: 1, description: 'first' })
  })

  test('C5a a reference to a business id of the other type leads to the entry with the same text', () => {
    const [text, number] = ['1', 2] as const
    const businessStates = [{ id: 1 }, { id: '2' }]
    const states = [text, number].map((id) => ({ id: `of ${id}`, isFinal: true, businessStateId: id }))
    const mixed = compiled({ ...machineOf(...states), businessStates })
    expect(states.map(({ id }) => stateOf(mixed, id).business?.id)).toEqual([1, '2'])
  })

  test('C2.1 the creation event has a default', () => {
    expect(machine.creationEvent).toBe('orderPlaced')
    expect(compiled(machineOf({ id: 'a', isFinal: true })).creationEvent).toBe('__created__')
  })

  test('C2.1 a label that every object inherits is a label like any other', () => {
    const states = ODD.map((id) => ({
      id,
      isFinal: false,
      businessStateId: id,
      outgoingTransitions: ODD.map((label) => ({ inputEvent: label, targetState: label, businessEventId: label })),
    }))
    const business = ODD.map((id) => ({ id, description: id }))
    const machine = compiled({ ...machineOf(...states), businessStates: business, businessEvents: business })
    expect(machine.states.size).toBe(ODD.length)
    for (const label of ODD) {
      expect(stateOf(machine, label).transitions.get(label)?.target.id, label).toBe(label)
      expect(stateOf(machine, label).business?.description, label).toBe(label)
    }
  })

  test('C2.1 a label that every object inherits is missing unless it is listed', () => {
    for (const label of ODD) {
      expect(machine.states.get(label), label).toBeUndefined()
      expect(open.transitions.get(label), label).toBeUndefined()
    }
  })

  test('a definition that the configuration would refuse throws an error that names the mistake', () => {
    expect(() => compiled({ initialState: 'nowhere', states: [] })).toThrow('"nowhere"')
    const lost = { id: 'a', isFinal: false, outgoingTransitions: [{ inputEvent: 'go', targetState: '__proto__' }] }
    expect(() => compiled(machineOf(lost))).toThrow('"__proto__"')
  })
})

describe('compile: immutable', () => {
  test('machine, states, templates, transitions and tags are frozen', () => {
    const machine = compiled()
    const states = [...machine.states.values()]
    const parts: unknown[] = [machine, ...states]
    for (const { business, command, sideEffects, transitions } of states) {
      parts.push(business, command, sideEffects, ...sideEffects, ...transitions.values())
      for (const transition of transitions.values()) parts.push(transition.business)
    }
    expect(parts.filter((part) => !Object.isFrozen(part))).toEqual([]) // a primitive counts as frozen
  })

  test('a later change of the definition does not change the machine', () => {
    const definition = structuredClone(DEFINITION)
    const machine = compiled(definition)
    Object.assign(definition.states[0] ?? {}, { isFinal: true, outgoingTransitions: [] })
    expect(machine.initial).toMatchObject({ isFinal: false })
    expect(machine.initial.transitions.size).toBe(2)
    expect(machine.hash).toBe(compiled().hash)
  })
})

describe('compile: hash', () => {
  test('P5 changes with the source of every hook, that of the merge included', () => {
    const hook = (content: string) => ({ type: 'file', content }) as const
    const with_ = (content: string | undefined, merge?: string) => {
      const outputCommand = { label: 'do', channel: 'bank', ...(content !== undefined && { hook: hook(content) }) }
      const options = { merge: mergeFirstLevel, leaseOf: () => 0, hookOf: () => () => undefined }
      const mergeHook = merge === undefined ? undefined : hook(merge)
      return compile(machineOf({ id: 'a', isFinal: false, outputCommand }), { ...options, mergeHook }).hash
    }
    const hashes = [with_(undefined), with_('a'), with_('b'), with_('a', 'a'), with_('a', 'b'), with_(undefined, 'a')]
    expect(new Set(hashes).size).toBe(hashes.length)
    expect(with_('a', 'a')).toBe(with_('a', 'a'))
  })

  test('P5 is sixteen hex digits, the same for the same definition, now and in a year', () => {
    expect(compiled().hash).toMatch(/^[0-9a-f]{16}$/)
    expect(compiled(structuredClone(DEFINITION)).hash).toBe(compiled().hash)
    expect(compiled({ initialState: 'a', states: [{ id: 'a', isFinal: true }] }).hash).toBe('77d24cafb2b4355e')
  })

  test('P5 differs wherever the definitions do', () => {
    const base: StateDefinition = { id: 'a', isFinal: false }
    const variants: MachineDefinition[] = [
      machineOf(base),
      { ...machineOf(base), creationEvent: '__created__' },
      machineOf({ ...base, isFinal: true }),
      machineOf({ ...base, description: 'a' }),
      machineOf({ ...base, outputCommand: { label: 'x' } }),
      machineOf({ ...base, outputCommand: { label: 'x', channel: 'bank' } }),
      machineOf({ ...base, sideEffects: [{ label: 'x' }] }),
      machineOf({ ...base, outgoingTransitions: [{ inputEvent: 'x', targetState: 'a' }] }),
      machineOf({ ...base, id: '\ud800' }),
      machineOf({ ...base, id: '\ud801' }),
      machineOf({ ...base, id: '\ufffd' }),
    ]
    expect(new Set(variants.map((definition) => compiled(definition).hash)).size).toBe(variants.length)
  })
})

test('C2.7 a command whose hook was not loaded is refused: its message would be another', () => {
  const outputCommand = { label: 'do', channel: 'bank', hook: { type: 'file', content: 'x' } } as const
  const definition = machineOf({ id: 'a', isFinal: false, outputCommand })
  expect(() => compiled(definition)).toThrow('compile a machine: the hook of "do" was not loaded')
  const run = () => ({ payload: 1 })
  const machine = compile(definition, { merge: mergeFirstLevel, leaseOf: () => 0, hookOf: () => run })
  expect([machine.initial.hasHooks, machine.initial.command?.hook]).toEqual([true, run])
})
