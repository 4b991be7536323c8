import type { PictureEvent } from '../machine-picture.ts'
import { textWidth, type Font } from '../text/text-width.ts'
import { visibleText } from '../text/visible-text.ts'
import { shortened, wrapText } from '../text/wrap-text.ts'

/** The events of an arrow as a box on it; one event without business event is a pill. All lengths are pixels. */
export interface EventBox {
  readonly width: number
  readonly height: number
  readonly rows: readonly BoxRow[]
}

/** One event of a box. `y` of a line is its baseline from the top of the box. */
export interface BoxRow {
  readonly event: PictureEvent
  readonly label: EventLine
  /** The business event, in italics beneath. */
  readonly business: readonly EventLine[]
}

/** A line of text in the middle of a box. */
export interface EventLine {
  readonly text: string
  readonly y: number
}

/** Fonts of a box. */
export const EVENT_FONTS: { readonly label: Font; readonly business: Font } = {
  label: { size: 12, isBold: false },
  business: { size: 11, isBold: false },
}

const WIDEST_TEXT = 190
const PADDING = 13
/** Room of the clock before the label of a timeout's event. */
const CLOCK = 16
/** Room that keeps the number of a step off the texts. */
const NARROWEST = 56

/** Events → box. A label takes one line, a business event two at most. */
export function eventBox(events: readonly PictureEvent[]): EventBox {
  const rows: BoxRow[] = []
  let y = 0
  for (const event of events) {
    const label = {
      text: shortened(visibleText(event.label) || '(no name)', EVENT_FONTS.label, WIDEST_TEXT),
      y: y + 16,
    }
    const business = businessLines(event, label.y)
    rows.push({ event, label, business })
    y = (business.at(-1)?.y ?? label.y) + 8
  }
  const width = Math.max(NARROWEST, ...rows.map(rowWidth)) + 2 * PADDING
  return { width: Math.ceil(width), height: y, rows }
}

function businessLines({ business }: PictureEvent, above: number): readonly EventLine[] {
  if (business === undefined) return []
  const lines = wrapText(business, EVENT_FONTS.business, { width: WIDEST_TEXT, lines: 2 })
  return lines.map((text, at) => ({ text, y: above + 15 + at * 14 }))
}

function rowWidth({ event, label, business }: BoxRow): number {
  const clock = event.isTimeout ? CLOCK : 0
  return Math.max(
    textWidth(label.text, EVENT_FONTS.label) + clock,
    ...business.map(({ text }) => textWidth(text, EVENT_FONTS.business)),
  )
}
