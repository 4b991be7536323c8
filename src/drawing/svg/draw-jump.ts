import type { Box, Layout } from '../placed-picture.ts'
import type { TrailJump } from '../saga-trail.ts'
import { visibleText } from '../text/visible-text.ts'
import { stepBadge } from './step-badge.ts'
import { element, xmlText } from './xml.ts'

/** The line of a step that follows no arrow, which lies below the cards; none where a state of it is unknown. */
export function drawJumpLine({ from, to }: TrailJump, { cards }: Layout): string {
  const [source, target] = [cards[from ?? -1]?.box, cards[to ?? -1]?.box]
  if (source === undefined || target === undefined || source === target) return ''
  const [start, end] = [centreOf(source), centreOf(target)]
  const bend = Math.round(Math.abs(end.x - start.x) / 6) + 30
  const turns = `${start.x} ${Math.max(0, start.y - bend)} ${end.x} ${Math.max(0, end.y - bend)}`
  return element('path', {
    class: 'move',
    'aria-hidden': 'true',
    d: `M${start.x} ${start.y}C${turns} ${end.x} ${end.y}`,
  })
}

/** The number of such a step, on the upper border of the state that it entered. */
export function drawJumpBadge(jumps: readonly TrailJump[], { x, y }: Box): string {
  const words = jumps.map(({ number, event, operator }) => {
    const by = operator === undefined ? 'without an arrow of this machine' : `by the operator ${visibleText(operator)}`
    return `Step ${number}: ${visibleText(event)}, ${by}`
  })
  const badge = stepBadge(
    jumps.map(({ number }) => number),
    x + 16,
    y,
  )
  const attributes = { class: 'jump', role: 'graphics-symbol', 'aria-label': words.join('. ') }
  return element('g', attributes, element('title', {}, xmlText(words.join('\n'))), badge)
}

function centreOf({ x, y, width, height }: Box): { readonly x: number; readonly y: number } {
  return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) }
}
