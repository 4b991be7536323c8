import { arrowKey, type Lit } from './highlight.ts'

/** Marks of a drawing. */
export interface PictureMarks {
  /** State → text of its number. */
  readonly pills?: ReadonlyMap<string, string> | undefined
  readonly lit?: Lit | undefined
}

/** Width of the place of a number as it is drawn. */
export const DRAWN_WIDTH = 64

/** Puts numbers on the states of a drawing and lets the parts that are not lit step back. */
export function markPicture(svg: SVGSVGElement, { pills, lit }: PictureMarks): void {
  for (const one of svg.querySelectorAll<SVGElement>('[data-state]')) {
    const state = one.dataset['state'] ?? ''
    dim(one, lit !== undefined && !lit.states.has(state))
    setNumber(one, pills?.get(state) ?? '')
  }
  const pairs = new Set([...(lit?.transitions ?? [])].map(pairOf))
  for (const one of svg.querySelectorAll<SVGElement>('[data-from]')) {
    const { from = '', to = '' } = one.dataset
    const isDim = lit !== undefined && !pairs.has(JSON.stringify([from, to]))
    dim(one, isDim)
    for (const inner of one.querySelectorAll<SVGElement>('[data-event]')) {
      const event = inner.dataset['event'] ?? ''
      dim(inner, !isDim && lit !== undefined && !lit.transitions.has(arrowKey({ from, event, to })))
    }
  }
}

function dim(element: SVGElement, isDim: boolean): void {
  element.classList.toggle('is-dim', isDim)
}

/** The drawing has a place for the number of a state, which is hidden while it is empty. */
function setNumber(state: SVGElement, text: string): void {
  const place = state.querySelector<SVGElement>('[data-count]')
  const label = place?.querySelector('text')
  if (place === null || label === null || label === undefined || label.textContent === text) return
  place.dataset['count'] = text
  label.textContent = text
  const width = 18 + text.length * 7.5
  const box = place.querySelector('rect')
  box?.setAttribute('x', String(DRAWN_WIDTH - width))
  box?.setAttribute('width', String(width))
  label.setAttribute('x', String(DRAWN_WIDTH - width / 2))
}

/** `from` and `to` of the key of a transition. */
function pairOf(key: string): string {
  const [from, , to] = JSON.parse(key) as readonly unknown[]
  return JSON.stringify([from, to])
}

/**
 * Makes buttons of states and events. Their names are the texts that they show, numbers included. The Tab key comes to one of them,
 * the arrow keys to all.
 */
export function makeButtons(svg: SVGSVGElement): void {
  const parts = [...svg.querySelectorAll<SVGElement>('[data-state], [data-event]')]
  const first = FIRST.map((selector) => svg.querySelector(selector)).find((found) => found !== null)
  for (const one of parts) {
    one.setAttribute('tabindex', one === first ? '0' : '-1')
    one.setAttribute('role', 'button')
    one.removeAttribute('aria-label')
    one.parentElement?.closest('[data-events]')?.setAttribute('role', 'group')
  }
}

/** The part that the Tab key comes to: that of before, else the state of the saga, else the beginning. */
const FIRST = ['[tabindex="0"]', '.current', '[aria-label^="Initial"]', '[data-state]']

/** Lets the cards of states that were entered light up for a moment, unless the reader wants no motion. */
export function pulse(svg: SVGSVGElement, states: readonly string[]): void {
  if (states.length === 0 || matchMedia('(prefers-reduced-motion: reduce)').matches) return
  const entered = new Set(states)
  for (const one of svg.querySelectorAll<SVGElement>('[data-state]')) {
    if (!entered.has(one.dataset['state'] ?? '')) continue
    const card = one.querySelector('.card') ?? one
    card.animate([{ stroke: 'var(--accent)', strokeWidth: '3px' }, {}], { duration: 700, easing: 'ease-out' })
  }
}
