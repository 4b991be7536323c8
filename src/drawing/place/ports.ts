import { isotonic } from '../layered/isotonic.ts'
import type { LayerItem } from '../layered/layered-graph.ts'

/** Places across a side of a node where lines leave and arrive, by the item at their other end. */
export type SidePorts = ReadonlyMap<LayerItem, number>

/** The part of a side that lines may use. */
export interface Side {
  readonly from: number
  readonly to: number
}

/** Least room between two lines at one side, if the side has it. */
const PITCH = 16

/** Ports as near to their lines as the side allows, so that most lines leave straight. */
export function portsOf(ends: readonly LayerItem[], { from, to }: Side): SidePorts {
  const sorted = ends.toSorted((one, other) => one.across - other.across || one.place - other.place)
  const pitch = Math.min(PITCH, (to - from) / Math.max(1, sorted.length - 1))
  const wishes = sorted.map(({ across }) => ({ at: Math.min(to, Math.max(from, across)), weight: 1 }))
  const places = isotonic(
    wishes,
    wishes.slice(1).map(() => pitch),
  )
  const last = sorted.length - 1
  return new Map(
    sorted.map((item, at) => {
      const place = Math.max(places[at] ?? from, from + at * pitch)
      return [item, Math.min(place, to - (last - at) * pitch)]
    }),
  )
}
