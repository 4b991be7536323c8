import { START_SIZE, type ArrowLine, type Box, type Flow, type Layout } from '../placed-picture.ts'
import { freeLane, mergedSpans, type Stretch } from './free-lane.ts'
import { headBase, headPath, linePath, pathPoint, type Stop } from './line-path.ts'

/** Distance of the ends of a line from the corner of a card, beside the lines of arrows. */
const FROM_CORNER = 9
/** How far the line between two cards of one column reaches into the room beside it; its curve keeps within three quarters. */
const BOW = 30
/** Room of a head before a card. */
const HEAD_ROOM = 12

/** A box by the direction of the flow. */
interface Area {
  readonly along: Stretch
  readonly across: Stretch
}

/**
 * Makes the lines between states that no arrow of the machine joins, by their indexes: out of one card, across where nothing is in the
 * way, into the other. A line runs through no card and no box, since it turns between two columns only. Undefined from a state to itself.
 */
export function jumpRouter(layout: Layout): (from: number, to: number) => ArrowLine | undefined {
  const { cards, flow, picture } = layout
  const areas = solidAreas(layout)
  const columns = mergedSpans(areas.map(({ along }) => along))
  return (from, to) => {
    const [source, target] = [cards[from], cards[to]]
    if (source === undefined || target === undefined || source === target) return undefined
    const [first, last] = [areaOf(source.box, flow), areaOf(target.box, flow)]
    const [leaving, arriving] = [columnOf(columns, first), columnOf(columns, last)]
    const isBack = arriving <= leaving
    const border = picture.states[to]?.isFinal === true ? 5 : 1
    const tip = isBack ? last.along.to + border : last.along.from - border
    const way = { first, last, base: headBase(tip, isBack), isBack }
    const { line, into } =
      leaving === arriving
        ? bow(way, columns[leaving] ?? first.along, flow)
        : lane(way, { areas, columns, leaving, arriving }, flow)
    return { line, head: headPath({ along: tip, across: into }, isBack, flow) }
  }
}

/** The cards, and the place along at which the line ends. */
interface JumpCards {
  readonly first: Area
  readonly last: Area
  readonly base: number
  readonly isBack: boolean
}

interface JumpLine {
  readonly line: string
  /** Where it arrives across. */
  readonly into: number
}

/** Between two cards of one column: out of it and back. */
function bow({ first, last, base }: JumpCards, { to: wall }: Stretch, flow: Flow): JumpLine {
  const isDown = first.across.from < last.across.from
  const [out, into] = [endOf(first, isDown), endOf(last, !isDown)]
  const at = (along: number, across: number) => pathPoint(along, across, flow)
  const turn = `C${at(wall + BOW, out)} ${at(wall + BOW, into)} ${at(wall, into)}`
  return { line: `M${at(first.along.to, out)}L${at(wall, out)}${turn}L${at(base, into)}`, into }
}

interface Columns {
  readonly areas: readonly Area[]
  readonly columns: readonly Stretch[]
  readonly leaving: number
  readonly arriving: number
}

/** Between cards of two columns: through those between them at one place across. */
function lane({ first, last, base, isBack }: JumpCards, all: Columns, flow: Flow): JumpLine {
  const { areas, columns, leaving, arriving } = all
  const passed = columns.slice(Math.min(leaving, arriving) + 1, Math.max(leaving, arriving))
  const [near, far] = [passed[0]?.from ?? 0, passed.at(-1)?.to ?? 0]
  const inTheWay = areas.filter(({ along }) => along.from < far && along.to > near)
  const [start, end] = [middleOf(first.across), middleOf(last.across)]
  const across = freeLane(
    inTheWay.map((area) => area.across),
    start,
    end,
  )
  const isDirect = passed.length === 0
  const [out, into] = [endOf(first, (isDirect ? end : across) > start), endOf(last, (isDirect ? start : across) > end)]
  const [wall, door] = [columns[leaving] ?? first.along, columns[arriving] ?? last.along]
  const [enter, leave] = isBack ? [far, near] : [near, far]
  const stops: readonly Stop[] = [
    { enter: isBack ? first.along.from : first.along.to, leave: isBack ? wall.from : wall.to, across: out },
    ...(isDirect ? [] : [{ enter, leave, across }]),
    { enter: isBack ? door.to + HEAD_ROOM : door.from - HEAD_ROOM, leave: base, across: into },
  ]
  return { line: linePath(stops, flow), into }
}

/** Everything that a line must not run through: cards with their loops, boxes of events, the mark of the beginning. */
function solidAreas({ cards, arrows, start, flow }: Layout): readonly Area[] {
  const boxes: readonly Box[] = [
    ...cards.map(({ box, loop }) => (loop === undefined ? box : around(box, loop.box))),
    ...arrows.map(({ box }) => box),
    ...(start?.creation === undefined ? [] : [start.creation.box]),
    ...(start === undefined ? [] : [markOf(start)]),
  ]
  return boxes.map((box) => areaOf(box, flow))
}

function around(one: Box, other: Box): Box {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)]
  const right = Math.max(one.x + one.width, other.x + other.width)
  const bottom = Math.max(one.y + one.height, other.y + other.height)
  return { x, y, width: right - x, height: bottom - y }
}

function markOf({ x, y }: { readonly x: number; readonly y: number }): Box {
  return { x: x - START_SIZE / 2, y: y - START_SIZE / 2, width: START_SIZE, height: START_SIZE }
}

function areaOf({ x, y, width, height }: Box, flow: Flow): Area {
  const [horizontal, vertical] = [
    { from: x, to: x + width },
    { from: y, to: y + height },
  ]
  return flow === 'right' ? { along: horizontal, across: vertical } : { along: vertical, across: horizontal }
}

function columnOf(columns: readonly Stretch[], { along }: Area): number {
  return columns.findIndex(({ from, to }) => from <= along.from && along.to <= to)
}

function middleOf({ from, to }: Stretch): number {
  return (from + to) / 2
}

function endOf({ across }: Area, isFar: boolean): number {
  return isFar ? across.to - FROM_CORNER : across.from + FROM_CORNER
}
