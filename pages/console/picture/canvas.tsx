import type { VNode } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { beginningZoom, enlargement, roomIn, shownSize, type Zoom } from './canvas-size.ts'
import type { Drawing } from './drawing.ts'
import type { Chosen, Lit } from './highlight.ts'
import { makeButtons, markPicture, pulse } from './mark-picture.ts'
import { moveByPointer } from './move-by-pointer.ts'
import { PICTURE_STYLE } from './picture-style.ts'
import { bringIntoView, enlargeNumbers } from './show-part.ts'

/** A drawing, what stands on it, and the choice of its parts. */
export interface CanvasProps {
  readonly drawing: Drawing
  readonly label: string
  /** State → text of its pill. */
  readonly pills?: ReadonlyMap<string, string>
  readonly lit?: Lit | undefined
  /** States that sagas have entered just now. */
  readonly entered?: readonly string[] | undefined
  readonly onChoose?: ((chosen: Chosen | undefined) => void) | undefined
}

const ZOOMS = [0.25, 0.35, 0.5, 0.7, 0.85, 1, 1.25, 1.6, 2]

/**
 * A drawing that the page has, with its zoom. Marks, buttons and size are set before it is shown: the browser computes style and layout
 * of thousands of elements once.
 */
export function Canvas({ drawing, label, pills, lit, entered, onChoose }: CanvasProps): VNode {
  const { svg } = drawing
  const host = useRef<HTMLDivElement>(null)
  const [zoom, setZoom] = useState<Zoom | undefined>(undefined)
  const [isFitted, setFitted] = useState(true)
  const natural = useMemo(() => naturalWidth(svg), [svg])
  useEffect(() => markPicture(svg, { pills, lit }), [svg, pills, lit])
  useEffect(() => (onChoose === undefined ? undefined : listen(svg, onChoose)), [svg, onChoose])
  useEffect(() => {
    const surface = host.current
    if (surface === null) return
    const room = roomIn(surface)
    const size = zoom ?? beginningZoom(room, natural)
    setFitted(size === 'fit')
    svg.style.width = size === 'fit' ? '' : `${natural * size}px`
    svg.classList.toggle('fitted', size === 'fit')
    enlargeNumbers(svg, enlargement(shownSize(size, room, natural)))
    if (show(surface, drawing)) bringIntoView(surface, svg)
  }, [drawing, zoom])
  useEffect(() => (host.current === null ? undefined : moveByPointer(host.current)), [])
  useEffect(() => pulse(svg, entered ?? []), [svg, entered])
  const step = (by: number) => {
    const shown = svg.getBoundingClientRect().width / natural
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
        <button type="button" onClick={() => setZoom('fit')} aria-pressed={isFitted}>
          Fit
        </button>
        <button type="button" aria-label="Larger" onClick={() => step(1)}>
          +
        </button>
      </div>
    </>
  )
}

/**
 * The drawing lives in a shadow tree, so that its style and that of the page leave each other alone. True where it was not shown
 * before.
 */
function show(host: HTMLElement, { svg, css }: Drawing): boolean {
  if (svg.isConnected) return false
  const tree = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  const sheets = [css, PICTURE_STYLE].map((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    return sheet
  })
  tree.adoptedStyleSheets = sheets
  tree.replaceChildren(svg)
  return true
}

function naturalWidth(svg: SVGSVGElement): number {
  const [, , width] = (svg.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number)
  const natural = width ?? Number.parseFloat(svg.getAttribute('width') ?? '800')
  svg.removeAttribute('width')
  svg.removeAttribute('height')
  svg.style.setProperty('--natural', `${natural}px`)
  return natural
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
