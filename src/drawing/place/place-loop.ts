import type { Box, Flow, PlacedEvents } from '../placed-picture.ts'
import { LOOP_ROOM, type Card } from '../parts/card.ts'

/** The arc from a card back to it, through the box of its events: over the card, or right of it where the picture flows down. */
export function placeLoop({ loop }: Card, card: Box, flow: Flow): PlacedEvents | undefined {
  if (loop === undefined) return undefined
  const { width, height } = loop
  if (flow === 'right') {
    const x = Math.round(card.x + (card.width - width) / 2)
    const box = { x, y: card.y - LOOP_ROOM.above - height, width, height }
    return { events: loop, box, ...over(box, card.y) }
  }
  const box = {
    x: card.x + card.width + LOOP_ROOM.beside,
    y: Math.round(card.y + (card.height - height) / 2),
    width,
    height,
  }
  return { events: loop, box, ...beside(box, card.x + card.width) }
}

function over({ x, y, width, height }: Box, top: number): Pick<PlacedEvents, 'line' | 'head'> {
  const middle = y + height / 2
  const [left, right] = [x - 18, x + width + 18]
  const turn = Math.min(12, top - middle - 8)
  return {
    line: `M${left} ${top}V${middle + turn}Q${left} ${middle} ${left + 12} ${middle}H${x}M${x + width} ${middle}H${right - 12}Q${right} ${middle} ${right} ${middle + turn}V${top - 7}`,
    head: `M${right} ${top - 1}L${right - 4.5} ${top - 9} ${right + 4.5} ${top - 9}Z`,
  }
}

function beside({ x, y, height }: Box, edge: number): Pick<PlacedEvents, 'line' | 'head'> {
  const [above, below] = [y + height / 2 - 7, y + height / 2 + 7]
  return {
    line: `M${edge} ${above}H${x}M${x} ${below}H${edge + 7}`,
    head: `M${edge + 1} ${below}L${edge + 9} ${below - 4.5} ${edge + 9} ${below + 4.5}Z`,
  }
}
