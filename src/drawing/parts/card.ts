import type { MachinePicture, PictureArrow, PictureCommand, PictureState } from '../machine-picture.ts'
import { textWidth, type Font } from '../text/text-width.ts'
import { visibleText } from '../text/visible-text.ts'
import { shortened, wrapText } from '../text/wrap-text.ts'
import { eventBox, type EventBox } from './event-box.ts'

/** A state as a card: its size, and its lines at their places from its corner. All lengths are pixels. */
export interface Card {
  readonly width: number
  readonly height: number
  readonly lines: readonly CardLine[]
  /** Place of the rule above the commands; absent without commands and timeout. */
  readonly rule?: number | undefined
  /** The events that lead back to the state itself. */
  readonly loop?: EventBox | undefined
}

/** A line of text on a card. `y` is its baseline. */
export interface CardLine {
  readonly kind: 'id' | 'description' | 'command' | 'side-effect' | 'timeout' | 'more'
  readonly y: number
  readonly text: string
  /** In muted ink behind the text. */
  readonly suffix: string
  readonly font: Font
}

/** Fonts of a card. */
export const CARD_FONTS: { readonly id: Font; readonly small: Font } = {
  id: { size: 14, isBold: true },
  small: { size: 12, isBold: false },
}

/** Distances within a card: from the left edge to texts, from texts to the right edge, and to an icon's text. */
export const CARD_INSETS = { left: 20, right: 16, icon: 17 } as const

/** Room for the letter of the business state, right of the id. */
const LETTER = 30
const WIDEST_TEXT = 244
const NARROWEST = 156
const MOST_SIDE_EFFECTS = 3

/** State → card. Ids take two lines at most, descriptions three, the others one. */
export function cardOf(picture: MachinePicture, at: number): Card {
  const state = picture.states[at]
  if (state === undefined) throw new TypeError(`draw a card: ${at} is not the index of a state`)
  const lines = [...headLines(state)]
  const actions = actionLines(state)
  const headEnd = lines.at(-1)?.y ?? 0
  const rule = actions.length === 0 ? undefined : headEnd + 12
  for (const [index, action] of actions.entries()) lines.push({ ...action, y: headEnd + 31 + index * 20 })
  const text = Math.max(NARROWEST, ...lines.map(lineWidth)) + CARD_INSETS.left + CARD_INSETS.right
  const loop = loopOf(picture.arrows, at)
  const width = Math.max(text, loop === undefined ? 0 : loop.width + 2 * LOOP_ROOM.beside)
  return { width: Math.ceil(width), height: (lines.at(-1)?.y ?? 0) + 17, lines, rule, loop }
}

/** Room of the arc of a loop: above the card or right of it, and left and right of the box of its events. */
export const LOOP_ROOM = { above: 18, beside: 34 } as const

/** Size of a card with the box of its loop: above it, or right of it where the picture flows down. */
export function cardWithLoop({ width, height, loop }: Card, flow: 'right' | 'down'): Pick<Card, 'width' | 'height'> {
  if (loop === undefined) return { width, height }
  return flow === 'right'
    ? { width, height: loop.height + LOOP_ROOM.above + height }
    : { width: width + LOOP_ROOM.beside + loop.width, height: Math.max(height, loop.height) }
}

function lineWidth({ kind, text, suffix, font }: CardLine): number {
  const width = textWidth(text + suffix, font)
  if (kind === 'id') return width + LETTER
  return kind === 'description' ? width : width + CARD_INSETS.icon
}

function headLines({ id, description }: PictureState): readonly CardLine[] {
  const { id: bold, small } = CARD_FONTS
  const ids = wrapText(visibleText(id), bold, { width: WIDEST_TEXT - LETTER, lines: 2 })
  const shown = ids.length === 0 ? ['(no name)'] : ids
  const head = shown.map((text, at) => line('id', { text, y: 27 + at * 18, font: bold }))
  const from = (head.at(-1)?.y ?? 0) + 20
  const texts = wrapText(visibleText(description), small, { width: WIDEST_TEXT, lines: 3 })
  return [...head, ...texts.map((text, at) => line('description', { text, y: from + at * 16, font: small }))]
}

function line(kind: CardLine['kind'], rest: Omit<CardLine, 'kind' | 'suffix'>): CardLine {
  return { kind, suffix: '', ...rest }
}

type Action = Omit<CardLine, 'y'>

function actionLines({ command, sideEffects, timeout }: PictureState): readonly Action[] {
  const shown = sideEffects.length > MOST_SIDE_EFFECTS ? sideEffects.slice(0, MOST_SIDE_EFFECTS - 1) : sideEffects
  const more = sideEffects.length - shown.length
  return [
    ...(command === undefined ? [] : [commandLine('command', command)]),
    ...shown.map((one) => commandLine('side-effect', one)),
    ...(more === 0 ? [] : [action('more', `${more} more side effects`, [])]),
    ...(timeout === undefined ? [] : [timeoutLine(timeout)]),
  ]
}

function commandLine(kind: CardLine['kind'], { label, channel, hasHook, attempts }: PictureCommand): Action {
  return action(kind, visibleText(label), [
    channel === undefined ? 'not sent' : visibleText(channel),
    ...(hasHook ? ['hook'] : []),
    ...(attempts === undefined ? [] : [`≤ ${attempts} tries`]),
  ])
}

function timeoutLine({ after, resends, event }: NonNullable<PictureState['timeout']>): Action {
  return action('timeout', `after ${visibleText(after)}`, [
    ...(resends === 0 ? [] : [`resend ${resends}×`]),
    ...(event === undefined ? [] : [visibleText(event)]),
  ])
}

/**
 * Text and marks in one line; a long text leaves the marks a third. Marks that find no room are left out from the last on: the full text
 * of the card has them, and the arrow of a timeout its event. The first is shortened instead.
 */
function action(kind: CardLine['kind'], text: string, marks: readonly string[]): Action {
  const font = CARD_FONTS.small
  const room = WIDEST_TEXT - CARD_INSETS.icon
  const all = marks.map((_, at) =>
    marks
      .slice(0, marks.length - at)
      .map((mark) => ` · ${mark}`)
      .join(''),
  )
  const suffix = all.find((one) => textWidth(text + one, font) <= room) ?? all.at(-1) ?? ''
  const shortText = shortened(text, font, Math.max((room * 2) / 3, room - textWidth(suffix, font)))
  const shortSuffix = shortened(suffix, font, room - textWidth(shortText, font))
  return { kind, text: shortText, suffix: shortSuffix, font }
}

function loopOf(arrows: readonly PictureArrow[], at: number): EventBox | undefined {
  const loop = arrows.find(({ from, to }) => from === at && to === at)
  return loop && eventBox(loop.events)
}
