import type { VNode } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useData } from '../live/use-data.ts'
import { useNarrow } from '../live/use-narrow.ts'
import { drawingOf, type Drawing } from './drawing.ts'
import type { Chosen, Lit } from './highlight.ts'
import { bringIntoView, enlargeNumbers } from './show-part.ts'
import { makeButtons, markPicture, pulse } from './mark-picture.ts'
import { moveByPointer } from './move-by-pointer.ts'
import { PICTURE_STYLE } from './picture-style.ts'

interface PictureProps {
  /** Path of the drawing. */
  readonly path: string
  readonly label: string
  /** Reads the drawing again at its changes. */
  readonly version?: string
  /** State → text of its pill. */
  readonly pills?: ReadonlyMap<string, string>
  readonly lit?: Lit | undefined
  /** States that sagas have entered just now. */
  readonly entered?: readonly string[] | undefined
  readonly onChoose?: ((chosen: Chosen | undefined) => void) | undefined
  /** Called once the picture, or its fallback, takes its room: parts below it wait for that, so that nothing moves. */
  readonly onReady?: (() => void) | undefined
  /** Shown where the service draws no pictures. */
  readonly fallback: VNode
}

/** A picture that would be smaller than the first begins in the second size, and is moved. */
const READABLE = { least: 0.45, first: 0.65 }
/** Numbers and legend of a small picture are enlarged, at most so many times. */
const MOST_ENLARGED = 1.6
const ZOOMS = [0.25, 0.35, 0.5, 0.7, 0.85, 1, 1.25, 1.6, 2]

/** A drawing of the service, with numbers on its states and with paths that step back. */
export function Picture(props: PictureProps): VNode {
  const { path, label, version, fallback, onReady } = props
  const { data, refused, reload } = useData<string>(useNarrow() ? `${path}?flow=down` : path, { asText: true })
  const drawing = useMemo(() => (data === undefined ? undefined : drawingOf(data)), [data])
  const isReady = data !== undefined || refused !== undefined
  useEffect(() => {
    if (isReady) onReady?.()
  }, [isReady])
  useEffect(() => reload(), [version])
  if (refused !== undefined || (data !== undefined && drawing === undefined)) return fallback
  return (
    <div class="picture">
      {drawing === undefined ? <p class="loading">Drawing …</p> : <Canvas {...props} drawing={drawing} label={label} />}
    </div>
  )
}

interface CanvasProps extends Pick<PictureProps, 'label' | 'pills' | 'lit' | 'entered' | 'onChoose'> {
  readonly drawing: Drawing
}

/** A drawing that the page has, with its zoom. */
export function Canvas({ drawing, label, pills, lit, entered, onChoose }: CanvasProps): VNode {
  const host = useRef<HTMLDivElement>(null)
  const [zoom, setZoom] = useState<number | undefined>(undefined)
  const natural = useMemo(() => naturalSize(drawing.svg), [drawing])
  useEffect(() => {
    show(host.current, drawing)
    const width = host.current?.clientWidth ?? natural.width
    if (width / natural.width < READABLE.least) setZoom((before) => before ?? READABLE.first)
    return host.current === null ? undefined : moveByPointer(host.current)
  }, [drawing])
  useEffect(() => markPicture(drawing.svg, { pills, lit }), [drawing, pills, lit])
  useEffect(() => pulse(drawing.svg, entered ?? []), [drawing, entered])
  const placed = useRef<Drawing>(undefined)
  useEffect(() => {
    drawing.svg.style.width = zoom === undefined ? '' : `${natural.width * zoom}px`
    drawing.svg.classList.toggle('fitted', zoom === undefined)
    const shown = drawing.svg.getBoundingClientRect().width / natural.width
    enlargeNumbers(drawing.svg, Math.min(MOST_ENLARGED, Math.max(1, 0.85 / shown)))
    if (host.current === null || placed.current === drawing || shown < READABLE.least) return
    placed.current = drawing
    bringIntoView(host.current, drawing.svg)
  }, [drawing, zoom])
  useEffect(() => (onChoose === undefined ? undefined : listen(drawing.svg, onChoose)), [drawing, onChoose])
  const step = (by: number) => {
    const shown = drawing.svg.getBoundingClientRect().width / natural.width
    const next = by > 0 ? ZOOMS.find((one) => one > shown + 0.01) : ZOOMS.findLast((one) => one < shown - 0.01)
    if (next !== undefined) setZoom(next)
  }
  return (
    <>
      <div class="canvas" ref={host} tabIndex={0} role="group" aria-label={label} />
      <div class="zoom" role="group" aria-label="Size of the picture">
        <button type="button" aria-label="Smaller" onClick={() => step(-1)}>
          −
        </button>
        <button type="button" onClick={() => setZoom(undefined)} aria-pressed={zoom === undefined}>
          Fit
        </button>
        <button type="button" aria-label="Larger" onClick={() => step(1)}>
          +
        </button>
      </div>
    </>
  )
}

/** The drawing lives in a shadow tree, so that its style and that of the page leave each other alone. */
function show(host: HTMLElement | null, { svg, css }: Drawing): void {
  if (host === null) return
  const tree = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  const sheets = [css, PICTURE_STYLE].map((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    return sheet
  })
  tree.adoptedStyleSheets = sheets
  tree.replaceChildren(svg)
}

function naturalSize(svg: SVGSVGElement): { readonly width: number } {
  const [, , width] = (svg.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number)
  const natural = width ?? Number.parseFloat(svg.getAttribute('width') ?? '800')
  svg.removeAttribute('width')
  svg.removeAttribute('height')
  svg.style.setProperty('--natural', `${natural}px`)
  return { width: natural }
}

/** Clicks and keys on states and events; a click beside them chooses nothing. */
function listen(svg: SVGSVGElement, choose: (chosen: Chosen | undefined) => void): () => void {
  makeButtons(svg)
  const chosenBy = (target: EventTarget | null): Chosen | undefined => {
    const found = target instanceof Element ? target.closest<SVGElement>('[data-state], [data-event]') : null
    const { state, event } = found?.dataset ?? {}
    if (state !== undefined) return { state }
    return event === undefined ? undefined : { event }
  }
  const click = (happened: MouseEvent) => choose(chosenBy(happened.target))
  const key = (happened: KeyboardEvent) => {
    if (happened.key === 'Escape') choose(undefined)
    if (happened.key !== 'Enter' && happened.key !== ' ') return
    happened.preventDefault()
    choose(chosenBy(happened.target))
  }
  svg.addEventListener('click', click)
  svg.addEventListener('keydown', key)
  return () => {
    svg.removeEventListener('click', click)
    svg.removeEventListener('keydown', key)
  }
}
