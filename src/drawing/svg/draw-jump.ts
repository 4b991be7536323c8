import type { ArrowLine, Box, Layout } from '../placed-picture.ts'
import { jumpRouter } from '../place/jump-router.ts'
import { mapInSteps, type Steps } from '../steps.ts'
import type { TrailJump } from '../saga-trail.ts'
import { visibleText } from '../text/visible-text.ts'
import { stepBadge } from './step-badge.ts'
import { element, xmlText } from './xml.ts'

/** The lines of steps that follow no arrow; a way that several took is drawn once, one from or to an unknown state not at all. */
export function drawJumpLines(jumps: readonly TrailJump[], layout: Layout): Steps<readonly string[]> {
  const route = jumpRouter(layout)
  const ways = new Map(jumps.map((jump) => [`${jump.from} ${jump.to}`, jump]))
  return mapInSteps([...ways.values()], ({ from = -1, to = -1 }) => drawJumpLine(route(from, to)))
}

function drawJumpLine(route: ArrowLine | undefined): string {
  if (route === undefined) return ''
  return element(
    'g',
    { class: 'move', 'aria-hidden': 'true' },
    element('path', { class: 'line', d: route.line }),
    element('path', { class: 'head', d: route.head }),
  )
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
