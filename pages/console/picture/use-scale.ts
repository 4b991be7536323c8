import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { centreOf, enlargeNumbers, moveTo, type Point } from './show-part.ts'

/** A picture that would be smaller than the first begins in the second size, and is moved. */
const READABLE = { least: 0.45, first: 0.65 }
/** The whole of a larger picture would be a thread: its overview shows it instead. */
const LEAST_FIT = 0.25
const ZOOMS = [0.25, 0.35, 0.5, 0.7, 0.85, 1, 1.25, 1.6, 2]

/** The size of a picture on the page. */
export interface Scale {
  /** False before it was measured. */
  readonly isKnown: boolean
  /** Pixels of the page for one of the drawing. */
  readonly shown: number
  readonly isFitted: boolean
  readonly mayFit: boolean
  readonly fit: () => void
  readonly step: (by: number) => void
  /** Enlarges the picture where its texts are too small. */
  readonly makeReadable: () => void
}

/** The scale that the reader chose, else that at which the picture can be read. The middle of the sight stays where it is. */
export function useScale(host: { readonly current: HTMLElement | null }, svg: SVGSVGElement): Scale {
  const [asked, ask] = useState<number | 'fit'>()
  const [size, setSize] = useState<{
    readonly svg: SVGSVGElement
    readonly natural: number
    readonly fitting: number
  }>()
  const middle = useRef<Point>(undefined)
  useLayoutEffect(() => {
    svg.removeAttribute('width')
    svg.removeAttribute('height')
    setSize({ svg, natural: svg.viewBox.baseVal.width, fitting: fittingScale(host.current, svg) })
  }, [svg])
  const isKnown = size?.svg === svg
  const { natural = 1, fitting = 1 } = size ?? {}
  const isFitted = asked === 'fit' || (asked === undefined && fitting >= READABLE.least)
  const shown = isFitted ? fitting : typeof asked === 'number' ? asked : READABLE.first
  useLayoutEffect(() => {
    if (!isKnown) return
    svg.classList.toggle('fitted', isFitted)
    svg.style.width = `${natural * shown}px`
    enlargeNumbers(svg, shown)
    if (host.current !== null && middle.current !== undefined) moveTo(host.current, svg, middle.current)
    middle.current = undefined
  }, [svg, isKnown, isFitted, shown, natural])

  const change = (next: number | 'fit' | undefined) => {
    if (next === undefined) return
    if (host.current !== null) middle.current = centreOf(host.current, svg)
    ask(next)
  }
  const step = (by: number) => {
    const now = svg.getBoundingClientRect().width / natural
    change(by > 0 ? ZOOMS.find((one) => one > now + 0.01) : ZOOMS.findLast((one) => one < now - 0.01))
  }
  const makeReadable = () => (shown < READABLE.least ? change(READABLE.first) : undefined)
  return { isKnown, shown, isFitted, mayFit: fitting >= LEAST_FIT, fit: () => change('fit'), step, makeReadable }
}

/** The scale at which the whole of a picture is in sight, at most 1. */
function fittingScale(host: HTMLElement | null, { viewBox: { baseVal } }: SVGSVGElement): number {
  if (host === null) return 1
  const style = getComputedStyle(host)
  const width = host.clientWidth - pixels(style.paddingLeft) - pixels(style.paddingRight)
  const height = pixels(style.maxHeight) - pixels(style.paddingTop) - pixels(style.paddingBottom)
  return Math.min(1, width / baseVal.width, height / baseVal.height)
}

/** A length of the style; a limit that is not set is infinite. */
function pixels(length: string): number {
  return length === 'none' ? Number.POSITIVE_INFINITY : Number.parseFloat(length)
}
