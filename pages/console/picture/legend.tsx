import type { VNode } from 'preact'

/** A business state of a drawing. */
export interface DrawnBusiness {
  readonly letter: string
  /** One of eight. */
  readonly colour: number
  readonly text: string
}

/** The legend of a drawing: the page shows it below the picture, where it is always in sight and as large as other texts. */
export function legendOf(svg: SVGSVGElement): readonly DrawnBusiness[] {
  return [...(svg.querySelector('.legend')?.children ?? [])].map((entry) => {
    const colour = Number(/\bb(\d)\b/.exec(entry.getAttribute('class') ?? '')?.[1] ?? 7)
    const letter = entry.querySelector('.letter')?.textContent ?? ''
    return { letter, colour, text: entry.querySelector('title')?.textContent ?? '' }
  })
}

/** The business states of a drawing with their letters and colours. */
export function Legend({ entries }: { readonly entries: readonly DrawnBusiness[] }): VNode | null {
  if (entries.length === 0) return null
  return (
    <ul class="legend" aria-label="Business states">
      {entries.map(({ letter, colour, text }) => (
        <li key={letter} class={`colour-${colour}`}>
          <i class="disc" aria-hidden="true">
            {letter}
          </i>
          <bdi>{text.slice(0, 200)}</bdi>
        </li>
      ))}
    </ul>
  )
}
