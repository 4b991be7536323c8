import type { Chosen } from './highlight.ts'
import { makeButtons } from './mark-picture.ts'

/** Clicks and keys on states and events of a drawing; a click beside them chooses nothing. Returns the end of it. */
export function listenTo(svg: SVGSVGElement, choose: (chosen: Chosen | undefined) => void): () => void {
  makeButtons(svg)
  const ended = new AbortController()
  const { signal } = ended
  svg.addEventListener('click', ({ target }) => choose(chosenBy(target)), { signal })
  svg.addEventListener('keydown', (event) => pressed(event, svg, choose), { signal })
  // The part that had the focus last is that which the Tab key comes back to. A listener on the drawing itself would make it focusable.
  svg.getRootNode().addEventListener('focusin', ({ target }) => enterAt(svg, target), { signal })
  return () => ended.abort()
}

function pressed(event: KeyboardEvent, svg: SVGSVGElement, choose: (chosen: Chosen | undefined) => void): void {
  const { key, target } = event
  if (key === 'Escape') choose(undefined)
  const way = WAYS[key]
  const next = way === undefined ? undefined : nearest(svg, target, way)
  if (key !== 'Enter' && key !== ' ' && next === undefined) return
  event.preventDefault()
  if (next === undefined) choose(chosenBy(target))
  else next.focus()
}

function chosenBy(target: EventTarget | null): Chosen | undefined {
  const found = target instanceof Element ? target.closest<SVGElement>('[data-state], [data-event]') : null
  const { state, event } = found?.dataset ?? {}
  if (state !== undefined) return { state }
  return event === undefined ? undefined : { event }
}

function enterAt(svg: SVGSVGElement, part: EventTarget | null): void {
  if (!(part instanceof SVGElement)) return
  for (const one of svg.querySelectorAll('[tabindex="0"]')) one.setAttribute('tabindex', '-1')
  part.setAttribute('tabindex', '0')
}

/** Arrow keys → the direction in which they go, to the right and down. */
const WAYS: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
}
/** A pixel beside the way counts as so many along it. */
const BESIDE = 2

/** The part that comes next in a direction. */
function nearest(
  svg: SVGSVGElement,
  target: EventTarget | null,
  [right, down]: readonly [number, number],
): SVGElement | undefined {
  if (!(target instanceof Element)) return undefined
  const from = middleOf(target)
  const ahead = [...svg.querySelectorAll<SVGElement>('[tabindex]')].flatMap((part) => {
    const { x, y } = middleOf(part)
    const along = (x - from.x) * right + (y - from.y) * down
    const beside = Math.abs((x - from.x) * down) + Math.abs((y - from.y) * right)
    return along > 1 ? [{ part, way: along + BESIDE * beside }] : []
  })
  return ahead.toSorted((one, other) => one.way - other.way)[0]?.part
}

function middleOf(part: Element): { readonly x: number; readonly y: number } {
  const { x, y, width, height } = part.getBoundingClientRect()
  return { x: x + width / 2, y: y + height / 2 }
}
