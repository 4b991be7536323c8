/** The cards and lines of a drawing, as far as a small picture of it shows them. */
export interface DrawnOutline {
  readonly viewBox: Pick<DOMRect, 'x' | 'y' | 'width' | 'height'>
  readonly cards: readonly OutlineCard[]
  /** The `d` of all lines. */
  readonly lines: string
}

interface OutlineCard {
  readonly state: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** One of eight. */
  readonly colour: number
  /** On the path of the saga that the drawing shows. */
  readonly isVisited: boolean
  readonly isCurrent: boolean
}

/** The outline of a drawing that the page shows. */
export function outlineOf(svg: SVGSVGElement): DrawnOutline {
  const { x, y, width, height } = svg.viewBox.baseVal
  const cards = [...svg.querySelectorAll<SVGElement>('[data-state]')].map(cardOf)
  const lines = [...svg.querySelectorAll('.line')].map((line) => line.getAttribute('d') ?? '').join('')
  return { viewBox: { x, y, width, height }, cards, lines }
}

function cardOf(state: SVGElement): OutlineCard {
  const [, x = '0', y = '0'] = /^translate\((\S+) (\S+)\)/.exec(state.getAttribute('transform') ?? '') ?? []
  const card = state.querySelector('.card')
  const colour = /\bb(\d)\b/.exec(state.getAttribute('class') ?? '')?.[1] ?? '7'
  return {
    state: state.dataset['state'] ?? '',
    x: Number(x),
    y: Number(y),
    width: Number(card?.getAttribute('width')),
    height: Number(card?.getAttribute('height')),
    colour: Number(colour),
    isVisited: state.classList.contains('visited'),
    isCurrent: state.classList.contains('current'),
  }
}
