import type { LayerItem, Layering, LayeredRoute } from '../layered/layered-graph.ts'
import {
  START_SIZE,
  type Box,
  type Flow,
  type Layout,
  type PlacedArrow,
  type PlacedCard,
  type PlacedStart,
} from '../placed-picture.ts'
import type { MachinePicture } from '../machine-picture.ts'
import type { Card } from '../parts/card.ts'
import type { EventBox } from '../parts/event-box.ts'
import { columnsOf, type Column } from './columns.ts'
import { headBase, headPath, linePath, type Stop } from './line-path.ts'
import { placeLoop } from './place-loop.ts'
import { portsOf, type SidePorts } from './ports.ts'
import { mapInSteps, type Steps } from '../steps.ts'

/** A picture whose parts have a layer and a place across it. */
export interface LayeredPicture {
  readonly picture: MachinePicture
  readonly flow: Flow
  readonly cards: readonly Card[]
  /** Boxes of the arrows of the picture. */
  readonly boxes: readonly EventBox[]
  readonly creation: EventBox | undefined
  readonly layering: Layering
  /** Indexes of the arrows that are routes; after them comes the route of the beginning. */
  readonly between: readonly number[]
}

/** Room around everything: borders of final states, numbers of steps. */
const MARGIN = 24
/** Room at the ends of a side that lines leave free: rounded corners, and where the picture flows down the count. */
const CORNER = { right: 15, down: 26 }
/** The outer border of a final state. */
const OUTER_BORDER = 4

/** The pixels of a layered picture. */
export function* placeParts(parts: LayeredPicture): Steps<Layout> {
  const placing = new Placing(parts)
  yield
  return yield* placing.layout()
}

class Placing {
  readonly #parts: LayeredPicture
  readonly #columns: readonly Column[]
  readonly #top: number
  readonly #cards: readonly PlacedCard[]
  readonly #ports: readonly { readonly before: SidePorts; readonly after: SidePorts }[]

  constructor(parts: LayeredPicture) {
    this.#parts = parts
    const { layering } = parts
    const items = layering.layers.flat()
    this.#top = items.reduce((least, { across, extent }) => Math.min(least, across - extent.across / 2), 0) - MARGIN
    for (const item of items) item.across = Math.round(item.across - this.#top)
    this.#columns = columnsOf(layering.layers, MARGIN)
    this.#cards = parts.cards.map((card, at) => this.#placeCard(card, at))
    this.#ports = layering.nodes.map((item, at) => {
      const side = this.#sideOf(item, at)
      const ends = (links: LayerItem['after']) => links.map((link) => link.item)
      return { before: portsOf(ends(item.before), side), after: portsOf(ends(item.after), side) }
    })
  }

  *layout(): Steps<Layout> {
    const { picture, flow, between, layering } = this.#parts
    const arrows = yield* mapInSteps([...between.entries()], ([at, arrow]) =>
      this.#placeArrow(arrow, layering.routes[at]),
    )
    const start = this.#placeStart()
    const along = (this.#columns.at(-1)?.end ?? 0) + MARGIN
    const across = layering.layers
      .flat()
      .reduce((most, item) => Math.max(most, item.across + item.extent.across / 2), 0)
    const [width, height] = flow === 'right' ? [along, across + MARGIN] : [across + MARGIN, along]
    const size = { width: Math.ceil(width), height: Math.ceil(height) }
    return { picture, flow, ...size, cards: this.#cards, arrows, start }
  }

  #column(layer: number): Column {
    return this.#columns[layer] ?? { start: 0, end: 0 }
  }

  /** Cards of a column are as wide as the widest where the picture flows to the right. */
  #placeCard(card: Card, at: number): PlacedCard {
    const { flow, layering } = this.#parts
    const item = layering.nodes[at]
    if (item === undefined) throw new TypeError(`place a card: state ${at} has no layer`)
    const { start, end } = this.#column(item.layer)
    const { across } = item.extent
    const first = Math.round(item.across - across / 2)
    if (flow === 'right') {
      const box = { x: start, y: first + across - card.height, width: end - start, height: card.height }
      return { card, box, loop: placeLoop(card, box, flow) }
    }
    const middle = Math.round((start + end - card.height) / 2)
    const box = { x: first, y: middle, width: card.width, height: card.height }
    return { card, box, loop: placeLoop(card, box, flow) }
  }

  #sideOf(item: LayerItem, at: number) {
    const { flow } = this.#parts
    const box = this.#cards[at]?.box
    if (box === undefined) return { from: item.across, to: item.across }
    const [from, size] = flow === 'right' ? [box.y, box.height] : [box.x, box.width]
    return { from: from + CORNER[flow], to: from + size - CORNER[flow] }
  }

  #placeArrow(arrow: number, route: LayeredRoute | undefined): PlacedArrow {
    const { picture, boxes, flow } = this.#parts
    const { from = 0, to = 0 } = picture.arrows[arrow] ?? {}
    const events = boxes[arrow]
    if (route === undefined || events === undefined) throw new TypeError(`place arrow ${arrow}: it has no route`)
    const box = this.#boxOf(route.label, events)
    const stops = this.#stops(route, { from, to })
    const tip = stops.at(-1)
    const head = { along: this.#tip(to, route.isBack), across: tip?.across ?? 0 }
    return { arrow, events, box, line: linePath(stops, flow), head: headPath(head, route.isBack, flow) }
  }

  #stops({ label, passages, isBack }: LayeredRoute, { from, to }: { from: number; to: number }): readonly Stop[] {
    const { layering } = this.#parts
    const [leaving, arriving] = isBack ? (['before', 'after'] as const) : (['after', 'before'] as const)
    const [source, target] = [layering.nodes[from], layering.nodes[to]]
    const out = this.#ports[from]?.[leaving].get(label) ?? source?.across ?? 0
    const last = passages.at(-1) ?? label
    const into = this.#ports[to]?.[arriving].get(last) ?? target?.across ?? 0
    const edge = this.#edge(from, isBack ? 'before' : 'after')
    const wall = this.#column(source?.layer ?? 0)
    const before = this.#column(target?.layer ?? 0)
    const base = headBase(this.#tip(to, isBack), isBack)
    return [
      { enter: edge, leave: isBack ? wall.start : wall.end, across: out },
      ...this.#stopsAtLabel(label, isBack),
      ...passages.map((passage) => this.#stopAt(passage, isBack)),
      { enter: isBack ? before.end + 12 : before.start - 12, leave: base, across: into },
    ]
  }

  /** The line is hidden by the label, if that has a size. */
  #stopsAtLabel(label: LayerItem, isBack: boolean): readonly Stop[] {
    const stop = this.#stopAt(label, isBack)
    const { enter, leave, across } = stop
    const size = label.extent.along
    if (size === 0) return [stop]
    const room = (Math.abs(leave - enter) - size) / 2
    const near = isBack ? enter - room : enter + room
    const far = isBack ? leave + room : leave - room
    return [
      { enter, leave: near, across },
      { enter: near, leave: far, across, isHidden: true },
      { enter: far, leave, across },
    ]
  }

  #stopAt({ layer, across }: LayerItem, isBack: boolean): Stop {
    const { start, end } = this.#column(layer)
    return isBack ? { enter: end, leave: start, across } : { enter: start, leave: end, across }
  }

  /** The edge of a card along, and of the mark of the beginning. */
  #edge(node: number, side: 'before' | 'after'): number {
    const { flow, layering } = this.#parts
    const box = this.#cards[node]?.box
    if (box === undefined) return this.#column(layering.nodes[node]?.layer ?? 0).end
    const [from, size] = flow === 'right' ? [box.x, box.width] : [box.y, box.height]
    return side === 'before' ? from : from + size
  }

  #tip(node: number, isBack: boolean): number {
    const border = this.#parts.picture.states[node]?.isFinal === true ? OUTER_BORDER : 0
    return isBack ? this.#edge(node, 'after') + border + 1 : this.#edge(node, 'before') - border - 1
  }

  #boxOf({ layer, across, extent }: LayerItem, { width, height }: EventBox): Box {
    const { start, end } = this.#column(layer)
    const along = Math.round((start + end - extent.along) / 2)
    const from = Math.round(across - extent.across / 2)
    return this.#parts.flow === 'right' ? { x: along, y: from, width, height } : { x: from, y: along, width, height }
  }

  #placeStart(): PlacedStart | undefined {
    const { picture, flow, creation, layering, cards } = this.#parts
    const { initial } = picture
    const [item, route] = [layering.nodes[cards.length], layering.routes.at(-1)]
    if (initial === undefined || item === undefined || route === undefined) return undefined
    const { end } = this.#column(item.layer)
    const along = end - START_SIZE / 2
    const [x, y] = flow === 'right' ? [along, item.across] : [item.across, along]
    const stops = this.#stops(route, { from: cards.length, to: initial })
    const head = { along: this.#tip(initial, false), across: stops.at(-1)?.across ?? 0 }
    const label = this.#boxOf(route.label, creation ?? { width: 0, height: 0, rows: [] })
    return {
      x,
      y,
      line: linePath(stops, flow),
      head: headPath(head, false, flow),
      middle: { x: label.x, y: label.y },
      creation: creation && { events: creation, box: label },
    }
  }
}
