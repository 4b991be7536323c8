import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inspectMachine } from '../../../src/machine/inspect.ts'
import type { Tree } from '../config/files.ts'
import { fileOf, state } from './good-machines.ts'

const CHANNELS = [{ id: 'services', sends: true, receives: false }]

/** One step of a saga, and how it fails. */
interface Step {
  /** It has a compensation, which later failures need. */
  readonly isUndone: boolean
  /** A failure waits and tries again, or gives up. */
  readonly isRetried: boolean
  /** It stays in its state for updates. */
  readonly isUpdated: boolean
  /** It waits for a person and sends nothing. */
  readonly isManual: boolean
}

const STEP: fc.Arbitrary<Step> = fc.record({
  isUndone: fc.boolean(),
  isRetried: fc.boolean(),
  isUpdated: fc.boolean(),
  isManual: fc.boolean(),
})
const MACHINE = fc.array(STEP, { minLength: 2, maxLength: 9 })

/** A machine of steps, each with the compensations of those before it. */
function machineOf(steps: readonly Step[]): Tree[] {
  const all = steps.flatMap((step, at) => [
    state(`s${at}`, {
      ...((at === 0 || step.isUndone || !step.isManual) && { command: `do${at}` }),
      events: {
        [`ok${at}`]: at + 1 === steps.length ? 'done' : `s${at + 1}`,
        [`ko${at}`]: step.isRetried ? `w${at}` : undoOf(steps, at),
        ...(step.isUpdated && { update: `s${at}` }),
      },
    }),
    ...(step.isRetried
      ? [state(`w${at}`, { events: { [`again${at}`]: `s${at}`, [`stop${at}`]: undoOf(steps, at) } })]
      : []),
    // the compensation of the last step would never be needed
    ...(step.isUndone && at + 1 < steps.length
      ? [state(`u${at}`, { command: `undo${at}`, events: { [`undone${at}`]: undoOf(steps, at) } })]
      : []),
  ])
  return [...all, state('done', { final: true }), state('failed', { final: true })]
}

/** The state that a failure of a step leads to: the last compensation of the steps before it. */
function undoOf(steps: readonly Step[], at: number): string {
  const last = steps.slice(0, at).findLastIndex(({ isUndone }) => isUndone)
  return last === -1 ? 'failed' : `u${last}`
}

interface Found {
  readonly code: string
  readonly path: string
}

function reported(states: readonly Tree[]): readonly Found[] {
  const { machineDefinition } = fileOf(states)
  return inspectMachine({ ...machineDefinition, initialState: 's0' }, CHANNELS).map(({ code, path }) => ({
    code,
    path: path.slice(2).join('.'),
  }))
}

/** A defect: it changes the states, and says what is to be reported; nothing where this machine has no place for it. */
type Defect = (states: Tree[], steps: readonly Step[], seed: number) => Found | undefined

const stateOf = (states: readonly Tree[], id: string): Tree => states.find((one) => one.id === id)
const indexOf = (states: readonly Tree[], id: string): number => states.findIndex((one) => one.id === id)
const leadTo = (states: readonly Tree[], steps: readonly Step[], seed: number): Tree[] =>
  stateOf(states, `s${seed % steps.length}`).outgoingTransitions

/** New states at a random place, which a random step leads to unless `isLost`. */
function added(code: string, make: readonly Tree[], isLost = false): Defect {
  return (states, steps, seed) => {
    states.splice(seed % (states.length + 1), 0, ...structuredClone(make))
    if (!isLost) leadTo(states, steps, seed).push({ inputEvent: 'x', targetState: make[0].id })
    return { code, path: `${indexOf(states, make[0].id)}.id` }
  }
}

const DEFECTS: Readonly<Record<string, Defect>> = {
  unreachable: added('state.unreachable', [state('x', { command: 'do', events: { x: 'failed' } })], true),
  'an unreachable chain': added(
    'state.unreachable',
    [state('x', { events: { y: 'y' } }), state('y', { command: 'do', events: { z: 'done' } })],
    true,
  ),
  'a dead end': added('state.dead-end', [state('x', { command: 'do' })]),
  'an inert state': added('state.inert', [state('x', {})]),
  'an endless loop': added('loop.endless', [state('x', { events: { y: 'y' } }), state('y', { events: { x: 'x' } })]),
  'a compensation left out': (states, steps, seed) => {
    const at = seed % steps.length
    // the last step before it that fails at once shows what must be undone
    const before = steps.slice(0, at).findLastIndex(({ isRetried }) => !isRetried)
    const isShown = before !== -1 && undoOf(steps, before) !== 'failed'
    if (!isShown || steps[at]?.isRetried === true) return undefined
    // a compensation that only this step needed would be unreachable, and is another defect
    if (steps[at - 1]?.isUndone === true && at + 1 === steps.length) return undefined
    stateOf(states, `s${at}`).outgoingTransitions[1].targetState = 'failed'
    return { code: 'compensation.missing', path: `${indexOf(states, `s${at}`)}.outgoingTransitions.1.targetState` }
  },
  'an event with two meanings': (states, steps, seed) => {
    const at = 1 + (seed % (steps.length - 1))
    const { outgoingTransitions } = stateOf(states, `s${at}`)
    const event = steps[0]?.isRetried === true ? 'stop0' : 'ko0'
    outgoingTransitions.push({ inputEvent: event, targetState: 'done' })
    return {
      code: 'event.contradictory',
      path: `${indexOf(states, `s${at}`)}.outgoingTransitions.${outgoingTransitions.length - 1}.targetState`,
    }
  },
}

test('C2.8 a machine with compensations, retries, updates and waiting people has no report', () => {
  fc.assert(fc.property(MACHINE, (steps) => void expect(reported(machineOf(steps))).toEqual([])))
})

test.each(Object.entries(DEFECTS))('C2.8 a random machine with %s has that report alone', (_, plant) => {
  let planted = 0
  fc.assert(
    fc.property(MACHINE, fc.nat(1_000), (steps, seed) => {
      const states = machineOf(steps)
      const expected = plant(states, steps, seed)
      if (expected === undefined) return
      planted += 1
      expect(reported(states)).toEqual([expected])
    }),
    { numRuns: 150 },
  )
  expect(planted).toBeGreaterThan(0)
})

test('C2.8 the reports do not depend on the order of the states', () => {
  const codes = (states: readonly Tree[]) => reported(states).map(({ code }) => code)
  fc.assert(
    fc.property(MACHINE, fc.nat(1_000), fc.constantFrom(...Object.values(DEFECTS)), (steps, seed, plant) => {
      const states = machineOf(steps)
      plant(states, steps, seed)
      expect(codes(states.toReversed()).toSorted()).toEqual(codes(states).toSorted())
    }),
  )
})
