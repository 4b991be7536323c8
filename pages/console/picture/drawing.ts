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
 * Reads a drawing of the service. The text is parsed into an inert document; what is no known element or attribute is taken out there:
 * no script, no handler, no address reaches the page. Undefined for a text that is no SVG.
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
  if (!isKnown(root) || !(root instanceof SVGSVGElement)) return undefined
  clean(root)
  return { svg: document.adoptNode(root), css: styles.join('\n') }
}

function isKnown({ namespaceURI, localName }: Element): boolean {
  return namespaceURI === SVG && ELEMENTS.has(localName)
}

/** Leaves known elements, their known attributes, and texts. */
function clean(element: Element): void {
  for (const { name, value } of Array.from(element.attributes)) {
    if (!isKnownAttribute(name) || OUTSIDE.test(value)) element.removeAttribute(name)
  }
  for (const child of Array.from(element.childNodes)) {
    if (child instanceof Element && isKnown(child)) clean(child)
    else if (!(child instanceof Text)) child.remove()
  }
}

const judged = new Map<string, boolean>()

/** A drawing of a thousand elements has some thirty names. */
function isKnownAttribute(name: string): boolean {
  const known = judged.get(name) ?? ATTRIBUTES.test(name)
  judged.set(name, known)
  return known
}
