import { arrowKey, type Lit } from './highlight.ts'

const SVG = 'http://www.w3.org/2000/svg'

/** Marks of a drawing. */
export interface PictureMarks {
  /** State → text of its pill. */
  readonly pills?: ReadonlyMap<string, string> | undefined
  readonly lit?: Lit | undefined
}

/** Puts numbers on the states of a drawing and lets the parts that are not lit step back. */
export function markPicture(svg: SVGSVGElement, { pills, lit }: PictureMarks): void {
  for (const one of svg.querySelectorAll<SVGGraphicsElement>('[data-state]')) {
    const state = one.dataset['state'] ?? ''
    one.classList.toggle('is-dim', lit !== undefined && !lit.states.has(state))
    setPill(one, pills?.get(state))
  }
  const litArrows = new Set([...(lit?.transitions ?? [])].map((key) => withoutEvent(key)))
  for (const one of svg.querySelectorAll<SVGElement>('[data-from]')) {
    const { from = '', to = '', event } = one.dataset
    const isLit =
      event === undefined ? litArrows.has(pairKey(from, to)) : lit?.transitions.has(arrowKey({ from, event, to }))
    one.classList.toggle('is-dim', lit !== undefined && isLit !== true)
  }
}

function setPill(state: SVGGraphicsElement, text: string | undefined): void {
  const before = state.querySelector<SVGGElement>(':scope > .pill')
  if (text === undefined) return before?.remove()
  const label = before?.querySelector('text')
  if (label?.textContent === text) return
  before?.remove()
  const { x, y, width } = state.getBBox()
  state.append(pill({ text, right: x + width - 10, top: y - 10 }))
}

/** A pill over the upper right corner of a card, so that it covers no line of text. */
function pill({
  text,
  right,
  top,
}: {
  readonly text: string
  readonly right: number
  readonly top: number
}): SVGGElement {
  const width = 18 + text.length * 7.5
  const made = document.createElementNS(SVG, 'g')
  made.setAttribute('class', 'pill')
  const box = document.createElementNS(SVG, 'rect')
  const at = { x: right - width, y: top, width, height: 20, rx: 10 }
  for (const [name, value] of Object.entries(at)) box.setAttribute(name, String(value))
  const label = document.createElementNS(SVG, 'text')
  label.setAttribute('x', String(right - width / 2))
  label.setAttribute('y', String(top + 14.5))
  label.setAttribute('text-anchor', 'middle')
  label.textContent = text
  made.append(box, label)
  return made
}

function withoutEvent(key: string): string {
  const [from = '', , to = ''] = JSON.parse(key) as string[]
  return pairKey(from, to)
}

function pairKey(from: string, to: string): string {
  return JSON.stringify([from, to])
}
