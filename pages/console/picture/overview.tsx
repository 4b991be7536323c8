import type { VNode } from 'preact'
import { useMemo } from 'preact/hooks'
import { outlineOf, type DrawnOutline } from './outline.ts'
import { moveTo } from './show-part.ts'
import type { Sight } from './use-sight.ts'

interface OverviewProps {
  readonly svg: SVGSVGElement
  readonly host: { readonly current: HTMLElement | null }
  readonly pills: ReadonlyMap<string, string> | undefined
  readonly sight: Sight | undefined
}

/** A picture of which more than this is in sight needs no overview. */
const MOST_SEEN = 0.85
/** Pixels of the digits, and of the narrowest card that holds them. */
const DIGITS = { size: 10, card: 15 }

/** The whole of a picture in small, with its numbers and a frame around the part in sight: press or drag to go there. */
export function Overview({ svg, host, pills, sight }: OverviewProps): VNode | null {
  const outline = useMemo(() => outlineOf(svg), [svg])
  const scale = sight?.scale ?? 1
  const parts = useMemo(() => <Parts outline={outline} pills={pills} scale={scale} />, [outline, pills, scale])
  if (sight === undefined || sight.share > MOST_SEEN) return null
  const go = (event: PointerEvent & { readonly currentTarget: SVGSVGElement }) => {
    const { x, y, width, height } = event.currentTarget.getBoundingClientRect()
    const point = { x: (event.clientX - x) / width, y: (event.clientY - y) / height }
    if (host.current !== null) moveTo(host.current, svg, point)
  }
  const { viewBox } = outline
  return (
    <div class="overview" aria-hidden="true">
      <svg
        viewBox={`${viewBox.x} ${viewBox.y} ${viewBox.width} ${viewBox.height}`}
        width={viewBox.width * scale}
        height={viewBox.height * scale}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          go(event)
        }}
        onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && go(event)}
      >
        {parts}
        <rect class="sight" x={sight.x} y={sight.y} width={sight.width} height={sight.height} rx={4 / scale} />
      </svg>
    </div>
  )
}

interface PartsProps {
  readonly outline: DrawnOutline
  readonly pills: OverviewProps['pills']
  readonly scale: number
}

function Parts({ outline, pills, scale }: PartsProps): VNode {
  return (
    <>
      <path class="lines" d={outline.lines} />
      {outline.cards.map(({ state, x, y, width, height, colour, isVisited, isCurrent }) => {
        const count = pills?.get(state) ?? ''
        const isStrong = isVisited || !['', '0'].includes(count)
        const high = Math.max(height, DIGITS.size / scale)
        return (
          <g key={state} class={`colour-${colour} ${isStrong ? 'strong' : ''} ${isCurrent ? 'here' : ''}`}>
            <title>{state}</title>
            <rect x={x} y={y + (height - high) / 2} width={width} height={high} rx={12} />
            {isStrong && width * scale >= DIGITS.card && (
              <text x={x + width / 2} y={y + height / 2} font-size={DIGITS.size / scale}>
                {count}
              </text>
            )}
          </g>
        )
      })}
    </>
  )
}
