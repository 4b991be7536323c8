import { SaxesParser } from 'saxes'
import { describe, expect, test } from 'vitest'
import { drawMermaid } from '../../../src/drawing/draw-mermaid.ts'
import { layoutOf } from '../../../src/drawing/layout.ts'
import { machinePicture } from '../../../src/drawing/machine-picture.ts'
import { sagaTrail } from '../../../src/drawing/saga-trail.ts'
import { drawSvg } from '../../../src/drawing/svg/draw-svg.ts'
import { DARK, LIGHT } from '../../../src/drawing/svg/palette.ts'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import { ORDER, RESERVATION } from './drawn-machines.ts'

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  text: string
}

/** Elements of a well-formed document, each with its own text. Throws where it is not well-formed. */
function elementsOf(svg: string): readonly Element[] {
  const [all, open]: [Element[], Element[]] = [[], []]
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const values = Object.entries(attributes).map(([key, { value }]) => [key, value])
    const element = { name, attributes: Object.fromEntries(values) as Record<string, string>, text: '' }
    all.push(element)
    open.push(element)
  })
  parser.on('text', (text) => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  })
  parser.on('closetag', () => void open.pop())
  parser.write(svg).close()
  return all
}

const draw = (definition: MachineDefinition) => drawSvg(layoutOf(machinePicture(definition)))
const withClass = (elements: readonly Element[], name: string) =>
  elements.filter(({ attributes }) => attributes['class']?.split(' ').includes(name) === true)

/** Contrast of two colours after WCAG 2.2. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><image href="https://evil.test/x.png" onload=alert(1)>',
  ']]></style><!-- &lt; &#60; %3C',
  'nul\u0000 bell\u0007 escape\u001B[31m',
  'lone \uD800 surrogate \uDC00 \uFFFF',
  '\u202Eevil\u202C \u2066isolated',
  'حجز مؤكد',
  'שלום עולם',
  '👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301\u0301\u0301',
  'tab\tline\nbreak\r\n',
  'style: x#y; classDef a:b#c;',
  'x'.repeat(100_000),
  '',
  '__proto__',
  '\u0301'.repeat(1_000),
]

function hostileMachine(): MachineDefinition {
  const states = HOSTILE.map((text, at) => ({
    id: text,
    description: text,
    isFinal: at % 3 === 0,
    businessStateId: text,
    outputCommand: { label: text, channel: text },
    sideEffects: [{ label: text }],
    timeout: { after: text, event: text },
    outgoingTransitions: [{ inputEvent: text, targetState: HOSTILE[at + 1] ?? text, businessEventId: text }],
  }))
  const business = HOSTILE.map((text) => ({ id: text, description: text }))
  const initialState = HOSTILE[0] ?? ''
  return { initialState, creationEvent: HOSTILE[1], states, businessStates: business, businessEvents: business }
}

describe('hostile texts are text', () => {
  const definition = hostileMachine()
  const svg = draw(definition)

  test('the picture is well-formed, without scripts, addresses, handlers and styles of their own', () => {
    const elements = elementsOf(svg)
    const names = new Set(elements.map(({ name }) => name))
    expect([...names].toSorted()).toEqual(
      ['circle', 'desc', 'g', 'path', 'rect', 'style', 'svg', 'text', 'title', 'tspan'].toSorted(),
    )
    const keys = new Set(elements.flatMap(({ attributes }) => Object.keys(attributes)))
    expect([...keys].filter((key) => /^on|href|^src$|^style$|^id$/.test(key))).toEqual([])
    expect(elements.find(({ name }) => name === 'style')?.text).not.toMatch(/url\(|@import/)
  })

  test('states and events are found by their ids', () => {
    const elements = elementsOf(svg)
    const states = elements.filter(({ attributes }) => 'data-state' in attributes)
    const replaced = HOSTILE.map((text) =>
      text.toWellFormed().replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD'),
    )
    expect(states.map(({ attributes }) => attributes['data-state'])).toEqual(replaced)
    expect(states.map(({ attributes }) => attributes['data-index'])).toEqual(HOSTILE.map((_, at) => String(at)))
    const events = elements.filter(({ attributes }) => 'data-event' in attributes)
    expect(new Set(events.map(({ attributes }) => attributes['data-event']))).toEqual(new Set(replaced))
  })

  test('a text of 100 KB is cut where it is shown, and the picture stays small', () => {
    const shown = elementsOf(svg).filter(({ name }) => name === 'text' || name === 'title')
    expect(Math.max(...shown.map(({ text }) => text.length))).toBeLessThan(20_000)
    expect(svg.length).toBeLessThan(2_000_000)
  })

  test('marks of direction do not turn the text around them', () => {
    expect(
      elementsOf(svg).filter(({ name, text }) => name === 'text' && /[\u202A-\u202E\u2066-\u2069]/.test(text)),
    ).toEqual([])
  })

  test('Mermaid gets one line for each statement, its signs escaped', () => {
    const lines = drawMermaid(machinePicture(definition)).trimEnd().split('\n')
    const statement =
      /^ {2}(?:state "[^"<>]*" as s\d+|s\d+ : .*|(?:\[\*\]|s\d+) --> (?:\[\*\]|s\d+)(?: : .*)?|classDef business\d .*|class [s\d,]+ business\d)$/
    expect(lines.slice(0, 2)).toEqual(['stateDiagram-v2', '  direction LR'])
    expect(lines.slice(2).filter((line) => !statement.test(line))).toEqual([])
    const texts = lines.filter((line) => !line.includes('classDef')).map((line) => line.replaceAll('<br/>', ''))
    expect(texts.filter((line) => /<|onload=/.test(line))).toEqual([])
  })
})

describe('accessible', () => {
  const elements = elementsOf(draw(ORDER))

  test('the picture, each state and each arrow have a role and a name', () => {
    const [root] = elements
    expect(root?.attributes['role']).toBe('graphics-document')
    expect(root?.attributes['aria-label']).toContain('It begins in orderPlaced')
    expect(elements.slice(1, 3).map(({ name, text }) => [name, text !== ''])).toEqual([
      ['title', true],
      ['desc', true],
    ])
    const named = elements.filter(({ attributes }) => attributes['role'] === 'graphics-symbol')
    expect(named.filter(({ attributes }) => (attributes['aria-label'] ?? '') === '')).toEqual([])
    const labels = named.map(({ attributes }) => attributes['aria-label'])
    expect(labels).toContain(
      'Initial state orderPlaced. A customer has placed an order. Business state A: Order in progress. Command reserveStock on channel warehouse. Side effect notifyCustomer on channel mail',
    )
    expect(labels).toContain(
      'paymentCancelled (Nothing was taken), paymentRefused (Nothing was taken) lead from cancellingPayment to releasingStock',
    )
    expect(labels).toContain('paymentExpired by timeout leads from paymentPending to cancellingPayment')
  })

  test.each([
    ['light', LIGHT],
    ['dark', DARK],
  ] as const)('texts of the %s theme have a contrast of 4.5 or more', (_, palette) => {
    const { ink, muted, paper, card, accent, business } = palette
    const pairs = [
      ...[ink, muted].flatMap((text) => [paper, card, palette['accent-soft']].map((ground) => [text, ground])),
      [palette['on-accent'], accent],
      [card, ink],
      ...business.map((colour) => [palette['on-business'], colour]),
    ]
    const low = pairs.filter(([text = '', ground = '']) => contrast(text, ground) < 4.5)
    expect(low).toEqual([])
    const lines = [palette.arrow, accent, ...business].map((colour) => [colour, paper])
    expect(lines.filter(([line = '', ground = '']) => contrast(line, ground) < 3)).toEqual([])
  })

  test('contrast is that of WCAG', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  })
})

describe('the path of a saga', () => {
  const picture = machinePicture(ORDER)
  const layout = layoutOf(picture)
  const step = (event: string, state: string, operator?: string) => ({ event, state, operator })
  const steps = [
    step('placeOrder', 'orderPlaced'),
    step('stockShort', 'backOrdered'),
    step('stillShort', 'backOrdered'),
    step('stockArrived', 'orderPlaced'),
    step('stockShort', 'backOrdered'),
    step('moved', 'shipping', 'ada'),
  ]
  const trail = sagaTrail(picture, { sagaId: 'S<1>', currentState: 'shipping', steps })
  const elements = elementsOf(drawSvg(layout, { trail }))

  test('its steps are numbered as in the history, and the rest steps back', () => {
    expect(trail.start).toEqual([1])
    expect([...trail.arrows.values()].map(({ numbers }) => numbers)).toEqual([[2, 5], [3], [4]])
    expect(
      withClass(elements, 'arrow').filter(({ attributes }) => attributes['class'] === 'arrow visited'),
    ).toHaveLength(3)
    const aside = withClass(elements, 'state').filter(
      ({ attributes }) => attributes['class']?.includes('aside') === true,
    )
    expect(aside.map(({ attributes }) => attributes['data-state'])).toEqual([
      'paymentPending',
      'paymentDelayed',
      'cancellingPayment',
      'refunding',
      'releasingStock',
      'orderCompleted',
      'orderFailed',
    ])
  })

  test('the state where it stands is marked', () => {
    const [current, ...others] = withClass(elements, 'current')
    expect(others).toEqual([])
    expect([current?.attributes['data-state'], current?.attributes['aria-current']]).toEqual(['shipping', 'true'])
  })

  test('a step by an operator is a line of its own, named after the operator', () => {
    expect(withClass(elements, 'move')).toHaveLength(1)
    expect(withClass(elements, 'jump')[0]?.attributes['aria-label']).toBe('Step 6: moved, by the operator ada')
  })

  test('the layout is that of the machine without a saga', () => {
    const places = (svg: string) =>
      elementsOf(svg).flatMap(({ attributes: { transform, 'data-state': id } }) =>
        id === undefined ? [] : [[id, transform]],
      )
    expect(places(drawSvg(layout, { trail }))).toEqual(places(drawSvg(layout)))
  })

  test('a state that the machine does not have is named', () => {
    const gone = sagaTrail(picture, { sagaId: 'S', currentState: 'old', steps: [step('placeOrder', 'old')] })
    const [root] = elementsOf(drawSvg(layout, { trail: gone }))
    expect(root?.attributes['aria-label']).toContain('The saga is in old, which this machine does not have')
  })
})

test('each card has an empty place for a live number, and a final state a second border', () => {
  const elements = elementsOf(draw(RESERVATION))
  expect(elements.filter(({ attributes }) => attributes['data-count'] === '')).toHaveLength(4)
  expect(withClass(elements, 'outer')).toHaveLength(2)
  expect(withClass(elements, 'start')).toHaveLength(1)
})
