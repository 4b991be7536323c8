import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { Drawing } from './drawing.ts'
import type { Chosen, Lit } from './highlight.ts'
import { Legend, legendOf } from './legend.tsx'
import { listenTo } from './listen-to.ts'
import { markPicture, pulse } from './mark-picture.ts'
import { moveByPointer } from './move-by-pointer.ts'
import { Overview } from './overview.tsx'
import { PICTURE_STYLE } from './picture-style.ts'
import { partOf, placeAtFirst, reveal } from './show-part.ts'
import { useScale, type Scale } from './use-scale.ts'
import { useSight } from './use-sight.ts'

/** The marks of a drawing, and the calls of its parts. */
export interface CanvasOptions {
  readonly label: string
  /** State → text of its number. */
  readonly pills?: ReadonlyMap<string, string>
  readonly lit?: Lit | undefined
  /** The part that the reader asked for: it is brought into sight, and made readable. */
  readonly sought?: Chosen | undefined
  /** States that sagas have entered just now. */
  readonly entered?: readonly string[] | undefined
  readonly onChoose?: ((chosen: Chosen | undefined) => void) | undefined
}

/** A drawing that the page has, with its zoom, its legend, and an overview where it is larger than its place. */
export function Canvas({ drawing, ...options }: CanvasOptions & { readonly drawing: Drawing }): VNode {
  const { label, pills, lit, sought, entered, onChoose } = options
  const { svg } = drawing
  const host = useRef<HTMLDivElement>(null)
  const legend = useMemo(() => legendOf(svg), [svg])
  useLayoutEffect(() => attach(host.current, drawing), [drawing])
  useEffect(() => (host.current === null ? undefined : moveByPointer(host.current)), [])
  const scale = useScale(host, svg)
  useEffect(() => markPicture(svg, { pills, lit }), [svg, pills, lit])
  useEffect(() => pulse(svg, entered ?? []), [svg, entered])
  useEffect(() => (onChoose === undefined ? undefined : listenTo(svg, onChoose)), [svg, onChoose])
  const isPlaced = useRef(false)
  useLayoutEffect(() => {
    if (host.current === null || !scale.isKnown) return
    placeAtFirst(host.current, svg, isPlaced.current)
    isPlaced.current = true
  }, [svg, scale.isKnown])
  const sight = useSight({ host, svg, scale })
  useSought({ host, svg, sought, scale })
  return (
    <>
      <div class={svg.dataset['flow'] === 'down' ? 'stage down' : 'stage'}>
        <Overview svg={svg} host={host} pills={pills} sight={sight} />
        <div class="canvas" ref={host} tabIndex={0} role="group" aria-label={label} onKeyDown={keysOf(scale)} />
      </div>
      <div class="below">
        <Legend entries={legend} />
        <Zoom scale={scale} />
      </div>
    </>
  )
}

interface Seeking {
  readonly host: { readonly current: HTMLElement | null }
  readonly svg: SVGSVGElement
  readonly sought: Chosen | undefined
  readonly scale: Scale
}

/** A part that is asked for anew is made readable first; then it is brought into sight. */
function useSought({ host, svg, sought, scale }: Seeking): void {
  const key = JSON.stringify(sought)
  useEffect(() => {
    if (sought !== undefined && scale.isKnown) scale.makeReadable()
  }, [key, scale.isKnown])
  useEffect(() => {
    const part = sought === undefined ? null : partOf(svg, sought)
    if (host.current !== null && part !== null && scale.isKnown) reveal(host.current, part)
  }, [svg, key, scale.isKnown, scale.shown])
}

function Zoom({ scale }: { readonly scale: Scale }): VNode {
  return (
    <div class="zoom" role="group" aria-label="Size of the picture">
      <button type="button" aria-label="Smaller" onClick={() => scale.step(-1)}>
        −
      </button>
      {scale.mayFit && (
        <button type="button" onClick={scale.fit} aria-pressed={scale.isFitted}>
          Fit
        </button>
      )}
      <button type="button" aria-label="Larger" onClick={() => scale.step(1)}>
        +
      </button>
    </div>
  )
}

/** The keys of the zoom while the picture has the focus. */
function keysOf(scale: Scale): (event: KeyboardEvent) => void {
  return ({ key, ctrlKey, metaKey, altKey }) => {
    if (ctrlKey || metaKey || altKey) return
    if (key === '+') scale.step(1)
    if (key === '-') scale.step(-1)
    if (key === '0' && scale.mayFit) scale.fit()
  }
}

/** Room around the parts of a drawing: for the borders of ends and the numbers on cards. */
const MARGIN = 24

/** The drawing lives in a shadow tree, so that its style and that of the page leave each other alone. */
function attach(host: HTMLElement | null, { svg, css }: Drawing): void {
  if (host === null) return
  const tree = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  const sheets = [css, PICTURE_STYLE].map((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    return sheet
  })
  tree.adoptedStyleSheets = sheets
  tree.replaceChildren(svg)
  // The page has a paper and a legend of its own: the drawing ends with its parts.
  const { x, y, width, height } = svg.getBBox()
  const box = [x - MARGIN, y - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN]
  if (width > 0) svg.setAttribute('viewBox', box.map(Math.round).join(' '))
}
