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
  const path = new LinePath(flow)
  let along = stops[0]?.enter ?? 0
  let across = stops[0]?.across ?? 0
  path.move(along, across)
  for (const stop of stops) {
    if (Math.round(stop.across) !== Math.round(across)) path.curve(along, across, stop)
    else if (Math.round(stop.enter) !== Math.round(along)) path.straight(stop.enter, across)
    if (Math.round(stop.leave) !== Math.round(stop.enter)) {
      if (stop.isHidden === true) path.move(stop.leave, stop.across)
      else path.straight(stop.leave, stop.across)
    }
    along = stop.leave
    across = stop.across
  }
  return path.written()
}

/** The `d` of a path as it grows. Straight parts in one direction become one. */
class LinePath {
  readonly #flow: Flow
  #d = ''
  /** End of a straight part that may go on. */
  #straight: { readonly along: number; readonly across: number } | undefined

  constructor(flow: Flow) {
    this.#flow = flow
  }

  move(along: number, across: number): void {
    this.#end()
    this.#d += `M${pathPoint(along, across, this.#flow)}`
  }

  straight(along: number, across: number): void {
    const last = this.#straight
    const next = { along: halves(along), across: halves(across) }
    if (last !== undefined && last.along !== next.along && last.across !== next.across) this.#end()
    this.#straight = next
  }

  /** Half of the way in the direction of the flow, then as much again toward the stop. */
  curve(along: number, across: number, { enter, across: end }: Stop): void {
    this.#end()
    const middle = (along + enter) / 2
    const turns = `${pathPoint(middle, across, this.#flow)} ${pathPoint(middle, end, this.#flow)}`
    this.#d += `C${turns} ${pathPoint(enter, end, this.#flow)}`
  }

  written(): string {
    this.#end()
    return this.#d
  }

  #end(): void {
    if (this.#straight !== undefined)
      this.#d += `L${pathPoint(this.#straight.along, this.#straight.across, this.#flow)}`
    this.#straight = undefined
  }
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
  const a = halves(along)
  const c = halves(across)
  return flow === 'right' ? `${a} ${c}` : `${c} ${a}`
}

/** Half pixels. */
function halves(length: number): number {
  return Math.round(length * 2) / 2
}
