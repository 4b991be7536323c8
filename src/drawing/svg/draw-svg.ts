import { START_SIZE, type Layout, type PlacedStart } from '../placed-picture.ts'
import type { SagaTrail, TrailJump } from '../saga-trail.ts'
import { visibleText } from '../text/visible-text.ts'
import { inOneGo, mapInSteps, type Steps } from '../steps.ts'
import { drawBox, drawEvents, drawLine, type ArrowOptions } from './draw-arrow.ts'
import { drawCard } from './draw-card.ts'
import { drawJumpBadge, drawJumpLines } from './draw-jump.ts'
import { drawLegend } from './draw-legend.ts'
import { PICTURE_CLASS, PICTURE_STYLE } from './picture-style.ts'
import { stepBadge, badgeWidth } from './step-badge.ts'
import { element, xmlText } from './xml.ts'

/** Options of `drawSvg`. */
export interface SvgOptions {
  /** The way of one saga: its steps are numbered, and the rest steps back. */
  readonly trail?: SagaTrail | undefined
  /** Decides between light and dark. Default: as the reader prefers. */
  readonly theme?: 'light' | 'dark' | undefined
}

const MARGIN = 24

/**
 * Layout → SVG, a whole document: no script, no address, every text of saga.json as text. States are `[data-state]`, arrows
 * `[data-from][data-to]` with `data-events`, their events `[data-event]`; `[data-count]` is the place of a live number on a card.
 */
export function drawSvg(layout: Layout, options: SvgOptions = {}): string {
  return inOneGo(svgSteps(layout, options))
}

/** The same in steps, for a thread that has other work. */
export function* svgSteps(layout: Layout, { trail, theme }: SvgOptions): Steps<string> {
  const legend = drawLegend(
    layout.picture.legend,
    { x: MARGIN, y: layout.height },
    Math.max(560, layout.width - 2 * MARGIN),
  )
  const width = Math.max(layout.width, legend.width + 2 * MARGIN)
  const height = layout.height + (legend.height === 0 ? 0 : legend.height + MARGIN - 8)
  const words = { title: titleOf(trail), desc: descriptionOf(layout, trail) }
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: PICTURE_CLASS,
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'graphics-document',
    'aria-roledescription': 'state machine',
    'aria-label': `${words.title}. ${words.desc}`,
    'data-flow': layout.flow,
    'data-theme': theme,
  }
  const parts = [
    element('title', {}, xmlText(words.title)),
    element('desc', {}, xmlText(words.desc)),
    element('style', {}, PICTURE_STYLE),
    element('rect', { class: 'paper', width, height }),
    ...(yield* drawArrows(layout, trail)),
    ...(yield* drawCards(layout, trail)),
    ...drawJumps(layout, trail),
    legend.svg,
  ]
  yield
  return `${element('svg', attributes, ...parts.filter((part) => part !== '').map((part) => `\n${part}`), '\n')}\n`
}

function titleOf(trail: SagaTrail | undefined): string {
  return trail === undefined ? 'State machine' : `Path of saga ${visibleText(trail.sagaId)}`
}

function descriptionOf({ picture: { states, arrows, initial } }: Layout, trail: SagaTrail | undefined): string {
  const finals = states.filter(({ isFinal }) => isFinal).length
  const first = initial === undefined ? '' : ` It begins in ${visibleText(states[initial]?.id ?? '')}.`
  const machine = `${states.length} states, ${finals} of them final, and ${arrows.length} arrows.${first}`
  if (trail === undefined) return machine
  const where = visibleText(trail.currentState)
  return trail.current === undefined
    ? `The saga is in ${where}, which this machine does not have. ${machine}`
    : `The saga is in ${where}. ${machine}`
}

/** Lines first, so that boxes lie over all of them. */
function* drawArrows(layout: Layout, trail: SagaTrail | undefined): Steps<readonly string[]> {
  const { picture, arrows, cards, start } = layout
  const loops = cards.flatMap(({ loop }, at) => (loop === undefined ? [] : [{ loop, at }]))
  const loopArrows = new Map(picture.arrows.flatMap(({ from, to }, at) => (from === to ? [[from, at] as const] : [])))
  const placed = [
    ...arrows.map((one) => ({ ...one, options: optionsOf(layout, one.arrow, trail) })),
    ...loops.map(({ loop, at }) => ({ ...loop, options: optionsOf(layout, loopArrows.get(at) ?? -1, trail) })),
  ]
  const ordered = [
    ...placed.filter(({ options }) => !isVisited(options)),
    ...placed.filter(({ options }) => isVisited(options)),
  ]
  const lines = yield* mapInSteps(ordered, (one) => drawLine(one, one.options))
  const events = yield* mapInSteps(placed, (one) => drawEvents(one, one.options))
  const jumps = trail === undefined || trail.jumps.length === 0 ? [] : yield* drawJumpLines(trail.jumps, layout)
  return [...lines, ...(start === undefined ? [] : [drawStart(start, trail)]), ...jumps, ...events]
}

function isVisited({ classes }: ArrowOptions): boolean {
  return classes.includes('visited')
}

function optionsOf({ picture }: Layout, arrow: number, trail: SagaTrail | undefined): ArrowOptions {
  const { from = -1, to = -1 } = picture.arrows[arrow] ?? {}
  const numbers = trail?.arrows.get(arrow)?.numbers ?? []
  const classes = trail === undefined ? [] : [numbers.length > 0 ? 'visited' : 'aside']
  return { from: picture.states[from]?.id ?? '', to: picture.states[to]?.id ?? '', classes, numbers }
}

function drawStart({ x, y, line, head, creation, middle }: PlacedStart, trail: SagaTrail | undefined): string {
  const numbers = trail?.start ?? []
  const className = trail === undefined ? 'beginning' : `beginning ${numbers.length > 0 ? 'visited' : 'aside'}`
  const badge =
    creation === undefined
      ? stepBadge(numbers, middle.x - Math.round(badgeWidth(numbers) / 2), middle.y)
      : stepBadge(numbers, creation.box.x - 9, creation.box.y - 4)
  return element(
    'g',
    { class: className, role: 'graphics-symbol', 'aria-label': 'Beginning' },
    element('path', { class: 'line', d: line }),
    element('path', { class: 'head', d: head }),
    element('circle', { class: 'start', cx: x, cy: y, r: START_SIZE / 2 }),
    ...(creation === undefined ? [] : drawBox(creation.events, creation.box)),
    badge,
  )
}

function drawCards({ picture, cards }: Layout, trail: SagaTrail | undefined): Steps<readonly string[]> {
  return mapInSteps([...cards.entries()], ([at, card]) => {
    const state = picture.states[at]
    if (state === undefined) return ''
    const isCurrent = trail?.current === at
    const where = trail === undefined ? [] : [trail.states.has(at) ? 'visited' : 'aside']
    const classes = isCurrent ? [...where, 'current'] : where
    return drawCard(state, card, { at, classes, isInitial: picture.initial === at, isCurrent })
  })
}

function drawJumps({ cards }: Layout, trail: SagaTrail | undefined): readonly string[] {
  const byTarget = Map.groupBy(trail?.jumps ?? [], ({ to }: TrailJump) => to ?? -1)
  return [...byTarget].map(([to, jumps]) => {
    const box = cards[to]?.box
    return box === undefined ? '' : drawJumpBadge(jumps, box)
  })
}
