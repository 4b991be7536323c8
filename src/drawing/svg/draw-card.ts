import type { PlacedCard } from '../placed-picture.ts'
import type { PictureCommand, PictureState } from '../machine-picture.ts'
import { CARD_INSETS, type CardLine } from '../parts/card.ts'
import { visibleText } from '../text/visible-text.ts'
import { element, xmlText } from './xml.ts'

const RADIUS = 11
const BAND = 6
/** Distance of the outer border of a final state. */
const OUTER = 4

/** Options of `drawCard`. */
export interface CardOptions {
  readonly at: number
  /** Classes of a card on the path of a saga, or beside it. */
  readonly classes: readonly string[]
  readonly isInitial: boolean
  readonly isCurrent: boolean
}

/** A state as SVG. */
export function drawCard(state: PictureState, { card, box }: PlacedCard, options: CardOptions): string {
  const { at, classes, isCurrent } = options
  const { x, y, width, height } = box
  const business = state.business === undefined ? [] : [`b${state.business.colour}`]
  const attributes = {
    class: ['state', ...(state.isFinal ? ['final'] : []), ...business, ...classes].join(' '),
    role: 'graphics-symbol',
    'aria-roledescription': 'state',
    'aria-label': spoken(state, options),
    'aria-current': isCurrent ? 'true' : undefined,
    'data-state': state.id,
    'data-index': at,
    transform: `translate(${x} ${y})`,
  }
  return element(
    'g',
    attributes,
    element('title', {}, xmlText(tooltip(state))),
    ...(state.isFinal ? [outerBorder(width, height)] : []),
    element('rect', { class: 'card', width, height, rx: RADIUS }),
    element('path', { class: 'band', d: bandPath(height) }),
    ...(state.business === undefined ? [] : disc(width, state.business.letter)),
    ...(card.rule === undefined ? [] : [rule(card.rule, width)]),
    ...card.lines.map(drawLine),
    count(width, height),
  )
}

function outerBorder(width: number, height: number): string {
  const size = { width: width + 2 * OUTER, height: height + 2 * OUTER }
  return element('rect', { class: 'outer', x: -OUTER, y: -OUTER, ...size, rx: RADIUS + OUTER })
}

/** The left edge of the card within its round corners. */
function bandPath(height: number): string {
  const inner = RADIUS - 0.5
  const top = Math.round((RADIUS - Math.sqrt(inner ** 2 - (RADIUS - BAND) ** 2)) * 100) / 100
  const arc = `A${inner} ${inner} 0 0 0`
  return `M${BAND} ${top}${arc} .5 ${RADIUS}V${height - RADIUS}${arc} ${BAND} ${height - top}Z`
}

function disc(width: number, letter: string): readonly string[] {
  const x = width - CARD_INSETS.right - 6
  return [
    element('circle', { class: 'disc', cx: x, cy: 22, r: 10 }),
    element('text', { class: 'letter', x, y: 26, 'text-anchor': 'middle' }, xmlText(letter)),
  ]
}

function rule(y: number, width: number): string {
  return element('path', { class: 'rule', d: `M${CARD_INSETS.left} ${y + 0.5}H${width - CARD_INSETS.right}` })
}

const ICONS: Readonly<Partial<Record<CardLine['kind'], { readonly class: string; readonly d: string }>>> = {
  command: { class: 'icon', d: 'M0 0H9M5.5-3.5L9 0L5.5 3.5' },
  'side-effect': { class: 'icon side', d: 'M0 0H9M5.5-3.5L9 0L5.5 3.5' },
  timeout: { class: 'icon clock', d: 'M-.5 0A5 5 0 1 0 9.5 0A5 5 0 1 0-.5 0M4.5-2.6V0L6.4 1.4' },
}

function drawLine({ kind, text, suffix, y }: CardLine): string {
  const icon = ICONS[kind]
  const isPlain = kind === 'id' || kind === 'description'
  const x = CARD_INSETS.left + (isPlain ? 0 : CARD_INSETS.icon)
  const style = kind === 'id' ? 'id' : kind === 'description' || kind === 'more' ? 'muted' : 'label'
  const content = [xmlText(text), ...(suffix === '' ? [] : [element('tspan', { class: 'muted' }, xmlText(suffix))])]
  const shown = element('text', { class: style, x, y, 'xml:space': suffix === '' ? undefined : 'preserve' }, ...content)
  if (icon === undefined) return shown
  const transform = `translate(${CARD_INSETS.left} ${y - 4})`
  return element('path', { class: icon.class, d: icon.d, transform }) + shown
}

/** The place of a live number: empty and hidden until a page sets `data-count` and the text. */
function count(width: number, height: number): string {
  const size = { width: 64, height: 20 }
  return element(
    'g',
    { class: 'count', 'data-count': '', transform: `translate(${width - size.width - 12} ${height - 8})` },
    element('rect', { ...size, rx: 10 }),
    element('text', { x: size.width / 2, y: 14, 'text-anchor': 'middle' }, ''),
  )
}

function spoken(state: PictureState, { isInitial, isCurrent }: CardOptions): string {
  const kind = [...(isInitial ? ['initial'] : []), ...(state.isFinal ? ['final'] : []), 'state'].join(' ')
  return [
    `${capital(kind)} ${visibleText(state.id)}`,
    ...(isCurrent ? ['The saga is here'] : []),
    ...facts(state),
  ].join('. ')
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function tooltip(state: PictureState): string {
  return [visibleText(state.id), ...facts(state)].join('\n')
}

function facts({ description, business, command, sideEffects, timeout }: PictureState): readonly string[] {
  const shown = visibleText(description).trim()
  const fires = timeout?.event === undefined ? '' : `, then ${visibleText(timeout.event)}`
  const resends = timeout === undefined || timeout.resends === 0 ? '' : `, command sent again ${timeout.resends} times`
  return [
    ...(shown === '' ? [] : [shown]),
    ...(business === undefined ? [] : [`Business state ${business.letter}: ${business.text}`]),
    ...(command === undefined ? [] : [`Command ${commandText(command)}`]),
    ...sideEffects.map((one) => `Side effect ${commandText(one)}`),
    ...(timeout === undefined ? [] : [`Timeout after ${visibleText(timeout.after)}${resends}${fires}`]),
  ]
}

function commandText({ label, channel, attempts, hasHook }: PictureCommand): string {
  const where = channel === undefined ? 'without a channel, so it is not sent' : `on channel ${visibleText(channel)}`
  const tries = attempts === undefined ? '' : `, at most ${attempts} attempts`
  return `${visibleText(label)} ${where}${tries}${hasHook ? ', made by a hook' : ''}`
}
