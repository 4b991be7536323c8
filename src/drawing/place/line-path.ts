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

/** A part of a path, and where it ends. */
interface PathPart {
  readonly command: 'M' | 'L' | 'C'
  /** Points before its end. */
  readonly turns: string
  readonly along: number
  readonly across: number
}

/** The `d` of a line through its stops: straight within them, a curve between two, which begins and ends in the direction of the flow. */
export function linePath(stops: readonly Stop[], flow: Flow): string {
  const parts: PathPart[] = []
  const add = (command: PathPart['command'], at: readonly [number, number], turns = ''): void =>
    void parts.push({ command, turns, along: halves(at[0]), across: halves(at[1]) })
  let [along, across] = [stops[0]?.enter ?? 0, stops[0]?.across ?? 0]
  add('M', [along, across])
  for (const stop of stops) {
    if (Math.round(stop.across) !== Math.round(across)) {
      const middle = (along + stop.enter) / 2
      add('C', [stop.enter, stop.across], `${pathPoint(middle, across, flow)} ${pathPoint(middle, stop.across, flow)} `)
    } else if (Math.round(stop.enter) !== Math.round(along)) add('L', [stop.enter, across])
    if (Math.round(stop.leave) !== Math.round(stop.enter)) add(stop.isHidden ? 'M' : 'L', [stop.leave, stop.across])
    ;[along, across] = [stop.leave, stop.across]
  }
  return parts.map((part, at) => (isCovered(part, parts[at + 1]) ? '' : written(part, flow))).join('')
}

/** Straight parts in one direction become one. */
function isCovered(part: PathPart, next: PathPart | undefined): boolean {
  if (part.command !== 'L' || next?.command !== 'L') return false
  return part.along === next.along || part.across === next.across
}

function written({ command, turns, along, across }: PathPart, flow: Flow): string {
  return `${command}${turns}${flow === 'right' ? `${along} ${across}` : `${across} ${along}`}`
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
  const [a, c] = [halves(along), halves(across)]
  return flow === 'right' ? `${a} ${c}` : `${c} ${a}`
}

/** Half pixels. */
function halves(length: number): number {
  return Math.round(length * 2) / 2
}
