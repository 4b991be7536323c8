/** A drawing, ready to be put into a page, and the text of its style. */
export interface Drawing {
  readonly svg: SVGSVGElement
  readonly css: string
}

const SVG = 'http://www.w3.org/2000/svg'
const ELEMENTS = new Set(
  'svg g path rect circle ellipse line polyline polygon text tspan title desc defs marker'.split(' '),
)
/** Attributes that load nothing and run nothing. */
const ATTRIBUTES =
  /^(?:id|class|d|[xy][12]?|dx|dy|c[xy]|r[xy]?|width|height|viewBox|points|transform|fill(?:-opacity)?|stroke(?:-[a-z]+)?|opacity|font-(?:size|weight|family|style)|text-anchor|dominant-baseline|letter-spacing|textLength|lengthAdjust|marker-(?:start|mid|end)|marker[A-Z]\w+|ref[XY]|orient|preserveAspectRatio|role|direction|unicode-bidi|aria-[a-z]+|data-[a-z-]+|lang|dir)$/
/** In a drawing of the service every other `<` is escaped. */
const STYLE = /<style>([^<]*)<\/style>/g
const OUTSIDE = /url\(\s*(?!#|['"]#)/i

interface MarkupPolicy {
  createHTML(text: string): string
}

const policy: MarkupPolicy = (
  globalThis as { trustedTypes?: { createPolicy(name: string, rules: MarkupPolicy): MarkupPolicy } }
).trustedTypes?.createPolicy('batuta-drawing', { createHTML: (text) => text }) ?? { createHTML: (text) => text }

/**
 * Reads a drawing of the service. The text is parsed into an inert document, of which only known elements and attributes are
 * copied: no script, no handler, no address. Undefined for a text that is no SVG.
 */
export function drawingOf(text: string): Drawing | undefined {
  // The policy of the page refuses style elements, in an inert document too: their texts are taken out first.
  const styles: string[] = []
  const markup = text.replaceAll(STYLE, (_, css: string) => {
    styles.push(css)
    return ''
  })
  const parsed = new DOMParser().parseFromString(policy.createHTML(markup), 'image/svg+xml')
  const root = parsed.documentElement
  if (root.localName !== 'svg' || root.namespaceURI !== SVG) return undefined
  const svg = copied(root)
  return svg instanceof SVGSVGElement ? { svg, css: styles.join('\n') } : undefined
}

function copied(from: Element): SVGElement | undefined {
  if (from.namespaceURI !== SVG || !ELEMENTS.has(from.localName)) return undefined
  const made = document.createElementNS(SVG, from.localName)
  for (const { name, value } of from.attributes) {
    if (ATTRIBUTES.test(name) && !OUTSIDE.test(value)) made.setAttribute(name, value)
  }
  for (const child of from.childNodes) {
    if (child instanceof Text) made.append(child.data)
    else if (child instanceof Element) {
      const inner = copied(child)
      if (inner !== undefined) made.append(inner)
    }
  }
  return made
}
