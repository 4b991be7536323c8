/** Size of a picture: it fits into the page, or a multiple of its natural size. */
export type Zoom = 'fit' | number

/** A picture that would be smaller than `least` begins in the size `first`, and is moved. */
const READABLE = { least: 0.45, first: 0.65 }
/** Numbers and legend of a small picture are enlarged to this size, but at most so many times. */
const ENLARGED = { to: 0.85, most: 1.6 }

/** The size in which a picture begins, in a surface whose content is so wide. Widths in pixels. */
export function beginningZoom(room: number, natural: number): Zoom {
  return room / natural < READABLE.least ? READABLE.first : 'fit'
}

/** The multiple of its natural size in which a picture is drawn. */
export function shownSize(zoom: Zoom, room: number, natural: number): number {
  return zoom === 'fit' ? Math.min(1, room / natural) : zoom
}

/** The multiple by which numbers and legend of a picture are enlarged. */
export function enlargement(shown: number): number {
  return Math.min(ENLARGED.most, Math.max(1, ENLARGED.to / shown))
}

/** The width of the content of a surface. */
export function roomIn(surface: HTMLElement): number {
  const { paddingLeft, paddingRight } = getComputedStyle(surface)
  return surface.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight)
}
