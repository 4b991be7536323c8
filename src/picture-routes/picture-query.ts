import * as v from 'valibot'
import type { Flow } from '../drawing/placed-picture.ts'

/** How a picture is asked for. */
export interface PictureParameters {
  readonly flow: Flow
  /** Absent: as the reader's system prefers. */
  readonly theme?: 'light' | 'dark' | undefined
}

/** The query of the pictures in SVG. */
export const PICTURE_QUERY: v.GenericSchema<unknown, PictureParameters> = v.strictObject({
  flow: v.optional(v.picklist(['right', 'down'], 'must be "right" or "down"'), 'right'),
  theme: v.optional(v.picklist(['light', 'dark'], 'must be "light" or "dark"')),
})
