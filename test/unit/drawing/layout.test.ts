import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { layoutOf } from '../../../src/drawing/layout.ts'
import { machinePicture } from '../../../src/drawing/machine-picture.ts'
import { drawSvg } from '../../../src/drawing/svg/draw-svg.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { machines } from '../../../testing/generators.ts'
import { generatedMachine } from '../../../testing/load/generated-machine.ts'
import { exampleMachines, ORDER } from './drawn-machines.ts'
import { crossings, overlaps, solidBoxes, texts } from './geometry.ts'

const FLOWS = ['right', 'down'] as const

/** Nothing overlaps, no text leaves its card or box, no line runs through anything, and all of it is within the picture. */
function expectClear(definition: MachineDefinition): void {
  for (const flow of FLOWS) {
    const layout = layoutOf(machinePicture(definition), flow)
    const boxes = solidBoxes(layout)
    expect(overlaps(boxes), flow).toEqual([])
    expect(texts(layout), flow).toEqual([])
    expect(crossings(layout), flow).toEqual([])
    const beyond = boxes.filter(
      ({ x, y, width, height }) => x < 8 || y < 8 || x + width > layout.width - 8 || y + height > layout.height - 8,
    )
    expect(beyond, flow).toEqual([])
  }
}

describe('no two cards, boxes or texts overlap', () => {
  test.each(exampleMachines())('%s', (_, definition) => expectClear(definition))

  test('an order with loops and compensation', () => expectClear(ORDER))

  test.each([60, 300])('a generated machine of %s states', (size) => expectClear(generatedMachine(size)))

  test('random machines', () => {
    fc.assert(fc.property(machines(), expectClear), { numRuns: 150 })
  })
})

describe('the geometric test itself', () => {
  const layout = layoutOf(machinePicture(ORDER))

  test('notices two cards on one another', () => {
    const [first, second, ...others] = solidBoxes(layout)
    if (first === undefined || second === undefined) throw new Error('expected two boxes')
    expect(overlaps([first, { ...second, x: first.x + 5, y: first.y + 5 }, ...others])).not.toEqual([])
  })

  test('notices a text that is too long, and a line through a card', () => {
    const [card, ...others] = layout.cards
    if (card === undefined) throw new Error('expected a card')
    const narrow = { ...layout, cards: [{ ...card, box: { ...card.box, width: 60 } }, ...others] }
    expect(texts(narrow)).not.toEqual([])
    // Whatever card the line runs through, and wherever that lies.
    for (const flow of FLOWS) {
      const large = layoutOf(machinePicture(generatedMachine(60)), flow)
      for (const [at, { box }] of large.cards.entries()) {
        if (at % 8 !== 3) continue
        const { x, y } = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
        const through = large.arrows.map((arrow) => ({ ...arrow, line: `M${x - 40} ${y}L${x + 40} ${y}` }))
        const found = crossings({ ...large, arrows: through }).filter((one) => one.endsWith(`through card ${at}`))
        const own = large.picture.arrows.filter(({ from, to }) => from !== to && (from === at || to === at))
        expect(found.length, `${flow}: card ${at}`).toBe(large.arrows.length - own.length)
      }
    }
  })
})

test('the same machine gives the same bytes', () => {
  const draw = () => drawSvg(layoutOf(machinePicture(structuredClone(ORDER))))
  const first = draw()
  drawSvg(layoutOf(machinePicture(generatedMachine(60))))
  expect(draw()).toBe(first)
})

test('several events between two states share one arrow', () => {
  const { arrows, states } = machinePicture(ORDER)
  const shared = arrows.filter(({ events }) => events.length > 1)
  expect(
    shared.map(({ from, to, events }) => [states[from]?.id, states[to]?.id, events.map(({ label }) => label)]),
  ).toEqual([['cancellingPayment', 'releasingStock', ['paymentCancelled', 'paymentRefused']]])
})

test('an unfinished file is drawn without what does not exist', () => {
  const definition = {
    initialState: 'missing',
    states: [
      { id: 'one', isFinal: false, outgoingTransitions: [{ inputEvent: 'go', targetState: 'nowhere' }] },
      { id: 'one', isFinal: true },
    ],
  }
  const layout = layoutOf(machinePicture(definition))
  expect([layout.cards.length, layout.arrows.length, layout.start]).toEqual([1, 0, undefined])
  expect(layoutOf(machinePicture({ initialState: '', states: [] })).cards).toEqual([])
})
