import { useLayoutEffect, useState } from 'preact/hooks'
import type { Scale } from './use-scale.ts'

/** The part of a picture that is in sight, in its own pixels, and the scale of its overview. */
export interface Sight {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Of the whole, 0 to 1. */
  readonly share: number
  readonly scale: number
}

/** Thickness of the overview in pixels: its height above a wide picture, its width beside a high one. */
const THICKNESS = { right: 92, down: 46 }

interface SightOptions {
  readonly host: { readonly current: HTMLElement | null }
  readonly svg: SVGSVGElement
  readonly scale: Scale
}

/** The part of a picture that is in sight, also after it was moved. Undefined before it was measured. */
export function useSight({ host, svg, scale: { isKnown, shown } }: SightOptions): Sight | undefined {
  const [sight, setSight] = useState<Sight>()
  useLayoutEffect(() => {
    const surface = host.current
    if (surface === null || !isKnown) return undefined
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
  }, [svg, isKnown, shown])
  return sight
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
