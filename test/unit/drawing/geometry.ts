import type { Layout, PlacedArrow } from '../../../src/drawing/placed-picture.ts'
import type { Box } from '../../../src/drawing/placed-picture.ts'
import { CARD_INSETS } from '../../../src/drawing/parts/card.ts'
import { EVENT_FONTS } from '../../../src/drawing/parts/event-box.ts'
import { textWidth } from '../../../src/drawing/text/text-width.ts'

/** A rectangle with a name for messages. */
export interface NamedBox extends Box {
  readonly name: string
}

/** Everything that may not overlap anything else: cards with their outer border, boxes of events, the mark of the beginning. */
export function solidBoxes({ picture, cards, arrows, start }: Layout): readonly NamedBox[] {
  return [
    ...cards.map(({ box }, at) => {
      const border = picture.states[at]?.isFinal === true ? 4.5 : 0.5
      return { name: `card ${at}`, ...grown(box, border) }
    }),
    ...cards.flatMap(({ loop }, at) => (loop === undefined ? [] : [{ name: `loop ${at}`, ...loop.box }])),
    ...arrows.map(({ arrow, box }) => ({ name: `arrow ${arrow}`, ...box })),
    ...(start === undefined ? [] : [{ name: 'start', x: start.x - 7, y: start.y - 7, width: 14, height: 14 }]),
    ...(start?.creation === undefined ? [] : [{ name: 'creation', ...start.creation.box }]),
  ]
}

/** Names of boxes that overlap, each pair once. */
export function overlaps(boxes: readonly NamedBox[]): readonly string[] {
  const sorted = boxes.toSorted((one, other) => one.x - other.x)
  return sorted.flatMap((one, at) => {
    const found: string[] = []
    for (let next = at + 1; (sorted[next]?.x ?? Infinity) < one.x + one.width; next++) {
      const other = sorted[next]
      if (other !== undefined && one.y < other.y + other.height && other.y < one.y + one.height)
        found.push(`${one.name} and ${other.name}`)
    }
    return found
  })
}

/** Texts that leave their card or box, and lines of one box that touch. */
export function texts(layout: Layout): readonly string[] {
  const { cards, arrows } = layout
  const wrong: string[] = []
  for (const [at, { card, box, loop }] of cards.entries()) {
    for (const [index, { kind, text, suffix, font, y }] of card.lines.entries()) {
      const icon = kind === 'id' || kind === 'description' ? 0 : CARD_INSETS.icon
      const letter = kind === 'id' ? 30 : 0
      const end = CARD_INSETS.left + icon + textWidth(text + suffix, font) + letter + CARD_INSETS.right
      if (end > box.width + 0.01) wrong.push(`card ${at}: "${text}" ends at ${end} of ${box.width}`)
      const before = card.lines[index - 1]
      if (before !== undefined && y - before.y < font.size + 2)
        wrong.push(`card ${at}: "${text}" touches the line above`)
      if (y + 5 > box.height) wrong.push(`card ${at}: "${text}" is below the card`)
    }
    if (loop !== undefined) wrong.push(...boxTexts(loop, `loop ${at}`))
  }
  return [...wrong, ...arrows.flatMap((arrow) => boxTexts(arrow, `arrow ${arrow.arrow}`))]
}

function boxTexts({ events, box }: Pick<PlacedArrow, 'events' | 'box'>, name: string): readonly string[] {
  const lines = events.rows.flatMap(({ label, business, event }) => [
    { ...label, width: textWidth(label.text, EVENT_FONTS.label) + (event.isTimeout ? 16 : 0), size: 12 },
    ...business.map((line) => ({ ...line, width: textWidth(line.text, EVENT_FONTS.business), size: 11 })),
  ])
  return lines.flatMap(({ text, width, y, size }, at) => {
    const above = lines[at - 1]
    return [
      ...(width > box.width - 12 ? [`${name}: "${text}" is wider than its box`] : []),
      ...(above !== undefined && y - above.y < size + 2 ? [`${name}: "${text}" touches the line above`] : []),
      ...(y + 4 > box.height ? [`${name}: "${text}" is below its box`] : []),
    ]
  })
}

/** Lines of arrows that run through a card other than their own ends, or through another arrow's box. */
export function crossings(layout: Layout): readonly string[] {
  const boxesOn = boxesOf(layout)
  return layout.arrows.flatMap(({ arrow, line }) => {
    const { from, to } = layout.picture.arrows[arrow] ?? {}
    const own = new Set([`arrow ${arrow}`, `card ${from}`, `card ${to}`])
    return boxesOn(line, own).map((name) => `arrow ${arrow} runs through ${name}`)
  })
}

/** Names of the boxes of a layout, but for `own`, that a line runs through. */
export function boxesOf(layout: Layout): (line: string, own: ReadonlySet<string>) => readonly string[] {
  const near = boxesNear(solidBoxes(layout))
  return (line, own) => {
    const found = pointsOf(line).flatMap((point) =>
      near(point).filter((box) => !own.has(box.name) && contains(box, point)),
    )
    return [...new Set(found.map(({ name }) => name))]
  }
}

/** True where every point of a line is within the picture. */
export function isWithin({ width, height }: Layout, line: string): boolean {
  return pointsOf(line).every(([x, y]) => x > 0 && y > 0 && x < width && y < height)
}

type Point = readonly [x: number, y: number]

/** The boxes that reach into the cell of a point, of 256 by 256 pixels. */
function boxesNear(boxes: readonly NamedBox[]): (point: Point) => readonly NamedBox[] {
  const cells = new Map<number, NamedBox[]>()
  const cellOf = (x: number, y: number): number => (x >> 8) * 65_536 + (y >> 8)
  for (const box of boxes) {
    for (let x = box.x; x >> 8 <= (box.x + box.width) >> 8; x += 256) {
      for (let y = box.y; y >> 8 <= (box.y + box.height) >> 8; y += 256) {
        const cell = cells.get(cellOf(x, y)) ?? []
        cells.set(cellOf(x, y), cell)
        cell.push(box)
      }
    }
  }
  return ([x, y]) => cells.get(cellOf(x, y)) ?? []
}

function contains(box: NamedBox, [x, y]: Point): boolean {
  return x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height
}

/** Points on a path of straight lines and cubic curves, every 24 pixels or less. */
function pointsOf(d: string): readonly Point[] {
  const points: Point[] = []
  let [x, y] = [0, 0]
  for (const [, command = '', rest = ''] of d.matchAll(/([MLC])([^MLC]*)/g)) {
    const numbers = rest.trim().split(/[ ,]+/).map(Number)
    const [a = 0, b = 0, c = 0, e = 0, f = 0, g = 0] = numbers
    if (command === 'C') {
      for (let step = 1; step <= 20; step++) {
        const [t, u] = [step / 20, 1 - step / 20]
        const at = (p: number, q: number, r: number, s: number) =>
          u ** 3 * p + 3 * u * u * t * q + 3 * u * t * t * r + t ** 3 * s
        points.push([at(x, a, c, f), at(y, b, e, g)])
      }
      ;[x, y] = [f, g]
    } else {
      const steps = command === 'M' ? 0 : Math.ceil(Math.hypot(a - x, b - y) / 24)
      for (let step = 1; step <= steps; step++)
        points.push([x + ((a - x) * step) / steps, y + ((b - y) * step) / steps])
      ;[x, y] = [a, b]
    }
  }
  return points
}

function grown({ x, y, width, height }: Box, by: number): Box {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by }
}
