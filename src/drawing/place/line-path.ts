import type { Flow } from '../placed-picture.ts'

/** A stop of a line: it lies at one place across while it passes from `enter` to `leave` along. */
export interface Stop {
  readonly enter: number
  readonly leave: number
  readonly across: number
  /** The line is hidden there, by the box of its events. */
  readonly isHidden?: true | undefined
}

/** Length and half the width of an arrow's head. */
const HEAD = { length: 8, half: 4.5 }

/** The `d` of a line through its stops: straight within them, a curve between two, which begins and ends in the direction of the flow. */
export function linePath(stops: readonly Stop[], flow: Flow): string {
  const parts: string[] = []
  let [along, across] = [stops[0]?.enter ?? 0, stops[0]?.across ?? 0]
  parts.push(`M${pathPoint(along, across, flow)}`)
  for (const stop of stops) {
    if (Math.round(stop.across) !== Math.round(across)) {
      const middle = (along + stop.enter) / 2
      const turns = [
        pathPoint(middle, across, flow),
        pathPoint(middle, stop.across, flow),
        pathPoint(stop.enter, stop.across, flow),
      ]
      parts.push(`C${turns.join(' ')}`)
    } else if (Math.round(stop.enter) !== Math.round(along)) parts.push(`L${pathPoint(stop.enter, across, flow)}`)
    if (Math.round(stop.leave) !== Math.round(stop.enter))
      parts.push(`${stop.isHidden ? 'M' : 'L'}${pathPoint(stop.leave, stop.across, flow)}`)
    ;[along, across] = [stop.leave, stop.across]
  }
  return merged(parts).join('')
}

/** Straight parts in one direction become one. */
function merged(parts: readonly string[]): readonly string[] {
  return parts.filter((part, at) => {
    const next = parts[at + 1]
    return !(part.startsWith('L') && next?.startsWith('L') === true && isStraight(part, next))
  })
}

function isStraight(part: string, next: string): boolean {
  const [x, y] = part.slice(1).split(' ')
  const [nextX, nextY] = next.slice(1).split(' ')
  return x === nextX || y === nextY
}

/** The `d` of a head whose tip is there. */
export function headPath(
  tip: { readonly along: number; readonly across: number },
  isBack: boolean,
  flow: Flow,
): string {
  const base = tip.along + (isBack ? HEAD.length : -HEAD.length)
  const corners = [pathPoint(base, tip.across - HEAD.half, flow), pathPoint(base, tip.across + HEAD.half, flow)]
  return `M${pathPoint(tip.along, tip.across, flow)}L${corners.join(' ')}Z`
}

/** Place along where the line of a head ends. */
export function headBase(tip: number, isBack: boolean): number {
  return tip + (isBack ? HEAD.length - 1 : 1 - HEAD.length)
}

/** A place by the direction of the flow → the `x y` of an SVG path, in half pixels. */
export function pathPoint(along: number, across: number, flow: Flow): string {
  const [a, c] = [Math.round(along * 2) / 2, Math.round(across * 2) / 2]
  return flow === 'right' ? `${a} ${c}` : `${c} ${a}`
}
