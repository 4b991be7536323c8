import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { layoutOf } from '../../../src/drawing/layout.ts'
import { machinePicture } from '../../../src/drawing/machine-picture.ts'
import { jumpRouter } from '../../../src/drawing/place/jump-router.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { machines } from '../../../testing/generators.ts'
import { generatedMachine } from '../../../testing/load/generated-machine.ts'
import { exampleMachines, ORDER } from './drawn-machines.ts'
import { boxesOf, isWithin } from './geometry.ts'

/** Between any two states leads a line that runs through no card but their own, through no box, and leaves the picture nowhere. */
function expectFreeWays(definition: MachineDefinition, every = 1): void {
  for (const flow of ['right', 'down'] as const) {
    const layout = layoutOf(machinePicture(definition), flow)
    const [boxesOn, route] = [boxesOf(layout), jumpRouter(layout)]
    const pairs = layout.cards.flatMap((_, from) => layout.cards.map((__, to) => [from, to] as const))
    const wrong = pairs.flatMap(([from, to], at) => {
      if (from === to || at % every > 0) return []
      const line = route(from, to)?.line ?? ''
      const through = boxesOn(line, new Set([`card ${from}`, `card ${to}`]))
      return through.length === 0 && isWithin(layout, line)
        ? []
        : [`${from} to ${to}: ${line} through ${through.join()}`]
    })
    expect(wrong, flow).toEqual([])
  }
}

describe('a step that follows no arrow is drawn around the cards', () => {
  test.each(exampleMachines())('%s', (_, definition) => expectFreeWays(definition))

  test('an order with loops and compensation', () => expectFreeWays(ORDER))

  test('a generated machine of 60 states', () => expectFreeWays(generatedMachine(60), 13))

  test('random machines', () => {
    fc.assert(
      fc.property(machines(), (definition) => expectFreeWays(definition)),
      { numRuns: 60 },
    )
  })
})

test('a state has no line to itself', () => {
  expect(jumpRouter(layoutOf(machinePicture(ORDER)))(1, 1)).toBeUndefined()
})
