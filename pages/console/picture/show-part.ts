import type { Chosen } from './highlight.ts'
import { DRAWN_WIDTH } from './mark-picture.ts'

/** A place in a drawing, as shares of its width and height. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Numbers are as large as at this scale, at most so many times as large as drawn: less where they would hide texts that can be read. */
const NUMBERS = { like: 0.85, most: 1.6, readable: 0.45, mostBelow: 3 }

/** Enlarges the numbers on states, which must be read where the picture is too small for its other texts. */
export function enlargeNumbers(svg: SVGSVGElement, shown: number): void {
  const most = shown < NUMBERS.readable ? NUMBERS.mostBelow : NUMBERS.most
  const times = Math.min(most, Math.max(1, NUMBERS.like / shown))
  for (const place of svg.querySelectorAll<SVGElement>('.count')) {
    const [, x = '0', y = '0'] =
      /^translate\((\S+) (\S+)\)/.exec((place.dataset['drawn'] ??= place.getAttribute('transform') ?? '')) ?? []
    // Its right upper corner stays.
    place.setAttribute('transform', `translate(${Number(x) + DRAWN_WIDTH * (1 - times)} ${y}) scale(${times})`)
  }
}

/** The part of a drawing for a state or an event. */
export function partOf(svg: SVGSVGElement, chosen: Chosen): Element | null {
  const [name, value] = 'state' in chosen ? ['state', chosen.state] : ['event', chosen.event]
  return svg.querySelector(`[data-${name}="${CSS.escape(value)}"]`)
}

/**
 * The first sight of a surface has the state of the saga in its middle, else the beginning of the machine in that of its upper edge.
 * A later drawing leaves the sight where it is, unless the saga has moved out of it.
 */
export function placeAtFirst(surface: HTMLElement, svg: SVGSVGElement, isLater: boolean): void {
  const current = svg.querySelector('.current')
  if (current !== null) return isLater ? reveal(surface, current) : centre(surface, current.getBoundingClientRect())
  const beginning = svg.querySelector('.beginning')?.getBoundingClientRect()
  if (isLater || beginning === undefined) return
  const { y } = surface.getBoundingClientRect()
  centre(surface, beginning)
  if (beginning.y > y) surface.scrollTop = 0
}

/** Brings a part into the middle of its surface where it is not wholly in sight, and the surface into sight. */
export function reveal(surface: HTMLElement, part: Element): void {
  const box = part.getBoundingClientRect()
  const seen = surface.getBoundingClientRect()
  const isSeen = box.left >= seen.left && box.right <= seen.right && box.top >= seen.top && box.bottom <= seen.bottom
  if (!isSeen) centre(surface, box)
  surface.scrollIntoView({ block: 'nearest', behavior: 'instant' })
}

function centre(surface: HTMLElement, { x, y, width, height }: DOMRect): void {
  const seen = surface.getBoundingClientRect()
  const left = x + width / 2 - (seen.x + seen.width / 2)
  surface.scrollBy({ left, top: y + height / 2 - (seen.y + seen.height / 2), behavior: 'instant' })
}

/** The place of a drawing in the middle of its surface. */
export function centreOf(surface: HTMLElement, svg: SVGSVGElement): Point {
  const [seen, whole] = [surface.getBoundingClientRect(), svg.getBoundingClientRect()]
  return {
    x: (seen.x + seen.width / 2 - whole.x) / whole.width,
    y: (seen.y + seen.height / 2 - whole.y) / whole.height,
  }
}

/** Moves a surface so that a place of its drawing is in the middle. */
export function moveTo(surface: HTMLElement, svg: SVGSVGElement, { x, y }: Point): void {
  const { x: left, y: top, width, height } = svg.getBoundingClientRect()
  centre(surface, new DOMRect(left + x * width, top + y * height, 0, 0))
}
