import { DRAWN_WIDTH } from './mark-picture.ts'

/** Enlarges the numbers on states and the legend, which must be read where the picture is too small for its other texts. */
export function enlargeNumbers(svg: SVGSVGElement, times: number): void {
  svg.style.setProperty('--times', String(times))
  for (const place of svg.querySelectorAll<SVGElement>('.count')) {
    const [, x = '0', y = '0'] =
      /^translate\((\S+) (\S+)\)/.exec((place.dataset['drawn'] ??= place.getAttribute('transform') ?? '')) ?? []
    // Its right upper corner stays.
    place.setAttribute('transform', `translate(${Number(x) + DRAWN_WIDTH * (1 - times)} ${y}) scale(${times})`)
  }
}

/** Moves a surface so that the state of the saga is in its middle, else the beginning of the machine in that of its upper edge. */
export function bringIntoView(surface: HTMLElement, svg: SVGSVGElement): void {
  const current = svg.querySelector('.current')
  const part = (current ?? svg.querySelector('.beginning'))?.getBoundingClientRect()
  if (part === undefined) return
  const seen = surface.getBoundingClientRect()
  const down = part.y + part.height / 2 - (seen.y + seen.height / 2)
  surface.scrollBy({
    left: part.x + part.width / 2 - (seen.x + seen.width / 2),
    top: current === null ? 0 : down,
    behavior: 'instant',
  })
}
