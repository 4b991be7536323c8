import type { LegendEntry } from '../business-legend.ts'
import { textWidth, type Font } from '../text/text-width.ts'
import { shortened } from '../text/wrap-text.ts'
import { element, xmlText } from './xml.ts'

const FONT: Font = { size: 12, isBold: false }
const ROW = 26
const DISC = 26
const BETWEEN = 22
const WIDEST_TEXT = 360

/** The legend of business states in rows. */
export interface DrawnLegend {
  readonly height: number
  /** At least this for the widest entry, whatever was asked for. */
  readonly width: number
  readonly svg: string
}

/** Business states → legend of at most `width` pixels, its upper left corner there. */
export function drawLegend(entries: readonly LegendEntry[], at: { x: number; y: number }, width: number): DrawnLegend {
  let [x, row, widest] = [0, 0, 0]
  const drawn = entries.map(({ letter, colour, text }) => {
    const shown = shortened(text, FONT, WIDEST_TEXT)
    const size = DISC + textWidth(shown, FONT)
    if (x > 0 && x + size > width) [x, row] = [0, row + 1]
    const place = `translate(${Math.round(at.x + x)} ${at.y + row * ROW})`
    x += size + BETWEEN
    widest = Math.max(widest, x - BETWEEN)
    return element(
      'g',
      { class: `b${colour}`, role: 'listitem', transform: place },
      element('title', {}, xmlText(text)),
      element('circle', { class: 'disc', cx: 9, cy: 9, r: 9 }),
      element('text', { class: 'letter', x: 9, y: 13, 'text-anchor': 'middle' }, xmlText(letter)),
      element('text', { class: 'muted', x: DISC, y: 13 }, xmlText(shown)),
    )
  })
  if (drawn.length === 0) return { height: 0, width: 0, svg: '' }
  const svg = element('g', { class: 'legend', role: 'list', 'aria-label': 'Business states' }, ...drawn)
  return { height: (row + 1) * ROW, width: Math.ceil(widest), svg }
}
