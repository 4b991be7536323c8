import type { VNode } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { outlineOf, type Outline } from './outline.ts'
import { moveTo } from './show-part.ts'

interface OverviewProps {
  readonly svg: SVGSVGElement
  readonly host: { readonly current: HTMLElement | null }
  readonly pills: ReadonlyMap<string, string> | undefined
  /** The scale of the picture. */
  readonly shown: number
}

/** The part of a picture that is in sight, in its own pixels, and the scale of its overview. */
interface Sight {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Of the whole, 0 to 1. */
  readonly share: number
  readonly scale: number
}

/** A picture of which more than this is in sight needs no overview. */
const MOST_SEEN = 0.6
/** Thickness of the overview in pixels: its height above a wide picture, its width beside a high one. */
const THICKNESS = { right: 92, down: 46 }
/** Pixels of the digits, and of the narrowest card that holds them. */
const DIGITS = { size: 10, card: 15 }

/** The whole of a picture in small, with its numbers and a frame around the part in sight: press or drag to go there. */
export function Overview({ svg, host, pills, shown }: OverviewProps): VNode | null {
  const [sight, setSight] = useState<Sight>()
  useEffect(() => {
    const surface = host.current
    if (surface === null) return undefined
    // A place that is being left has no size.
    const look = () => surface.clientWidth > 0 && svg.isConnected && setSight(sightOf(surface, svg))
    look()
    const resized = new ResizeObserver(look)
    resized.observe(surface)
    surface.addEventListener('scroll', look, { passive: true })
    return () => {
      resized.disconnect()
      surface.removeEventListener('scroll', look)
    }
  }, [svg, shown])
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
  readonly outline: Outline
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

function sightOf(surface: HTMLElement, svg: SVGSVGElement): Sight {
  const { x, y, width, height } = svg.viewBox.baseVal
  const [seen, whole] = [surface.getBoundingClientRect(), svg.getBoundingClientRect()]
  const times = width / whole.width
  const [left, right] = [Math.max(seen.left, whole.left), Math.min(seen.right, whole.right)]
  const [top, bottom] = [Math.max(seen.top, whole.top), Math.min(seen.bottom, whole.bottom)]
  const inSight = { width: Math.max(0, right - left) * times, height: Math.max(0, bottom - top) * times }
  const scale =
    svg.dataset['flow'] === 'down'
      ? Math.min(THICKNESS.down / width, (surface.clientHeight - 20) / height)
      : Math.min(THICKNESS.right / height, (surface.clientWidth - 40) / width)
  return {
    x: x + (left - whole.left) * times,
    y: y + (top - whole.top) * times,
    ...inSight,
    share: (inSight.width * inSight.height) / (width * height),
    scale,
  }
}
