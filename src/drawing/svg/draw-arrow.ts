import type { Box, PlacedEvents } from '../placed-picture.ts'
import type { PictureEvent } from '../machine-picture.ts'
import { EVENT_FONTS, type EventBox, type BoxRow } from '../parts/event-box.ts'
import { textWidth } from '../text/text-width.ts'
import { visibleText } from '../text/visible-text.ts'
import { stepBadge } from './step-badge.ts'
import { element, xmlText, type Attributes } from './xml.ts'

/** Options of `drawArrow`. */
export interface ArrowOptions {
  /** Ids of the states. */
  readonly from: string
  readonly to: string
  readonly classes: readonly string[]
  /** Numbers of the steps of a saga that took the arrow. */
  readonly numbers: readonly number[]
}

/** The line of an arrow as SVG, which lies below all cards and boxes. */
export function drawLine({ line, head }: Pick<PlacedEvents, 'line' | 'head'>, options: ArrowOptions): string {
  const { from, to, classes } = options
  return element(
    'g',
    { class: ['edge', ...classes].join(' '), 'aria-hidden': 'true', 'data-from': from, 'data-to': to },
    element('path', { class: 'line', d: line }),
    element('path', { class: 'head', d: head }),
  )
}

/** The events of an arrow as SVG, with the numbers of a saga's steps. */
export function drawEvents(
  { events, box }: Pick<PlacedEvents, 'events' | 'box'>,
  { from, to, classes, numbers }: ArrowOptions,
): string {
  const all = events.rows.map(({ event }) => event)
  const attributes: Attributes = {
    class: ['arrow', ...classes].join(' '),
    role: 'graphics-symbol',
    'aria-roledescription': 'transition',
    'aria-label': spoken(all, from, to),
    'data-from': from,
    'data-to': to,
    'data-events': JSON.stringify(all.map(({ label }) => label)),
  }
  return element(
    'g',
    attributes,
    element('title', {}, xmlText(tooltip(all, from, to))),
    ...drawBox(events, box),
    stepBadge(numbers, box.x - 9, box.y - 4),
  )
}

/** A box with the rows of its events. */
export function drawBox({ rows }: EventBox, { x, y, width, height }: Box): readonly string[] {
  return [
    element('rect', { class: 'box', x, y, width, height, rx: Math.min(12, height / 2) }),
    ...rows.map((row) => drawRow(row, x + width / 2, y)),
  ]
}

function drawRow({ event, label, business }: BoxRow, middle: number, top: number): string {
  const shift = event.isTimeout ? 8 : 0
  const text = (className: string, y: number, shown: string) =>
    element(
      'text',
      { class: className, x: middle + (className === 'label' ? shift : 0), y: top + y, 'text-anchor': 'middle' },
      xmlText(shown),
    )
  const clockX = middle + shift - textWidth(label.text, EVENT_FONTS.label) / 2 - 14
  return element(
    'g',
    { class: 'event', 'data-event': event.label },
    ...(event.isTimeout
      ? [
          element('path', {
            class: 'icon clock',
            d: CLOCK,
            transform: `translate(${Math.round(clockX)} ${top + label.y - 4})`,
          }),
        ]
      : []),
    text('label', label.y, label.text),
    ...business.map((line) => text('business-event', line.y, line.text)),
  )
}

const CLOCK = 'M0 0A4.5 4.5 0 1 0 9 0A4.5 4.5 0 1 0 0 0M4.5-2.4V0L6.2 1.3'

function spoken(events: readonly PictureEvent[], from: string, to: string): string {
  const labels = events.map(eventText)
  const verb = labels.length === 1 ? 'leads' : 'lead'
  return `${labels.join(', ')} ${verb} from ${visibleText(from)} to ${visibleText(to)}`
}

function tooltip(events: readonly PictureEvent[], from: string, to: string): string {
  return [...events.map(eventText), `${visibleText(from)} → ${visibleText(to)}`].join('\n')
}

function eventText({ label, business, isTimeout }: PictureEvent): string {
  return [
    visibleText(label),
    ...(business === undefined ? [] : [`(${business})`]),
    ...(isTimeout ? ['by timeout'] : []),
  ].join(' ')
}
