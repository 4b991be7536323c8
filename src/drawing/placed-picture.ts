import type { MachinePicture } from './machine-picture.ts'
import type { Card } from './parts/card.ts'
import type { EventBox } from './parts/event-box.ts'

/** The way that a picture flows: to the right on wide screens, down on narrow ones. */
export type Flow = 'right' | 'down'

/** A machine with a place for everything. All lengths are whole pixels from the upper left corner. */
export interface Layout {
  readonly picture: MachinePicture
  readonly flow: Flow
  readonly width: number
  readonly height: number
  readonly cards: readonly PlacedCard[]
  /** Arrows between two states; those of a state to itself are the `loop` of its card. */
  readonly arrows: readonly PlacedArrow[]
  /** The mark of the beginning, and its arrow to the initial state. */
  readonly start?: PlacedStart | undefined
}

/** A rectangle. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A card at its place. */
export interface PlacedCard {
  readonly card: Card
  readonly box: Box
  /** The events that lead back to the state, on an arc. */
  readonly loop?: PlacedEvents | undefined
}

/** Events on the line of their arrow. */
export interface PlacedEvents extends ArrowLine {
  readonly events: EventBox
  readonly box: Box
}

/** The line of an arrow and its head, as the `d` of SVG paths. */
export interface ArrowLine {
  readonly line: string
  readonly head: string
}

/** An arrow at its place. */
export interface PlacedArrow extends PlacedEvents {
  /** Index in `picture.arrows`. */
  readonly arrow: number
}

/** The beginning of the machine. */
export interface PlacedStart extends ArrowLine {
  /** Centre of the mark. */
  readonly x: number
  readonly y: number
  /** The creation on the arrow; absent where the file has no label for it but the default. */
  readonly creation?: Pick<PlacedEvents, 'events' | 'box'> | undefined
  /** Place for the number of the first step. */
  readonly middle: Pick<Box, 'x' | 'y'>
}

/** Diameter of the mark of the beginning. */
export const START_SIZE = 14
