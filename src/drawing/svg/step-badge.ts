import { textWidth, type Font } from '../text/text-width.ts'
import { element, xmlText } from './xml.ts'

const FONT: Font = { size: 11, isBold: true }
const HEIGHT = 18
/** Numbers that a badge shows; of more, the first ones and the last. */
const SHOWN = 3

/** The numbers of steps in one badge: `2`, `2, 5`, or `2, 5 … 40`. */
export function stepNumbers(numbers: readonly number[]): string {
  if (numbers.length <= SHOWN) return numbers.join(', ')
  return `${numbers.slice(0, SHOWN - 1).join(', ')} … ${numbers.at(-1)}`
}

/** Width of a badge in pixels. */
export function badgeWidth(numbers: readonly number[]): number {
  return Math.max(HEIGHT, Math.ceil(textWidth(stepNumbers(numbers), FONT)) + 10)
}

/** A badge with the numbers of steps, its left edge and middle there. None without numbers. */
export function stepBadge(numbers: readonly number[], x: number, middle: number): string {
  if (numbers.length === 0) return ''
  const width = badgeWidth(numbers)
  return element(
    'g',
    { class: 'step' },
    element('rect', { x, y: middle - HEIGHT / 2, width, height: HEIGHT, rx: HEIGHT / 2 }),
    element('text', { x: x + width / 2, y: middle + 4, 'text-anchor': 'middle' }, xmlText(stepNumbers(numbers))),
  )
}
