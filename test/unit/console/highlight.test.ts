import { describe, expect, test } from 'vitest'
import { arrowKey, pathsOf } from '../../../pages/console/picture/highlight.ts'
import type { Chosen } from '../../../pages/console/picture/highlight.ts'
import type { Machine } from '../../../pages/console/api/machine.ts'

/** `a -x-> b -y-> c`, where c forks to d and e, and e goes back to b. */
const MACHINE = machineOf({ a: ['x b'], b: ['y c'], c: ['ok d', 'ko e'], d: [], e: ['again b'] })

function machineOf(states: Readonly<Record<string, readonly string[]>>): Machine {
  return {
    initialState: 'a',
    states: Object.entries(states).map(([id, ways]) => ({
      id,
      isFinal: ways.length === 0,
      outgoingTransitions: ways.map((way) => {
        const [inputEvent = '', targetState = ''] = way.split(' ')
        return { inputEvent, targetState }
      }),
    })),
  }
}

function lit(chosen: Chosen, machine = MACHINE): string {
  const { states, transitions } = pathsOf(machine, chosen)
  const events = [...transitions].map((key) => (JSON.parse(key) as string[])[1] ?? '')
  return `${[...states].toSorted().join('')} ${events.toSorted().join(' ')}`
}

describe('the paths of a state or an event', () => {
  test.each([
    ['forwards as far as the first fork', { state: 'a' }, 'abc x y'],
    ['each way out of a fork', { state: 'c' }, 'bcde again ko ok y'],
    ['backwards as far as the first join', { state: 'd' }, 'bcd ok y'],
    ['of an event, both ways', { event: 'ok' }, 'bcd ok y'],
    ['of an event into a join', { event: 'again' }, 'bce again ko y'],
  ] as const)('%s', (_, chosen, expected) => {
    expect(lit(chosen)).toBe(expected)
  })

  test('a circle ends', () => {
    expect(lit({ state: 'a' }, machineOf({ a: ['x b'], b: ['y a'] }))).toBe('ab x y')
    expect(lit({ event: 'x' }, machineOf({ a: ['x a'] }))).toBe('a x')
  })

  test('the key of a transition holds any text', () => {
    expect(arrowKey({ from: 'a","b', event: '', to: '⟶' })).not.toBe(arrowKey({ from: 'a', event: 'b","', to: '⟶' }))
  })
})
