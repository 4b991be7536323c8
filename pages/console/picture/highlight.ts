import type { Machine } from '../api/machine.ts'

/** A state, or an event with all transitions that it makes. */
export type Chosen = { readonly state: string } | { readonly event: string }

/** States and transitions that keep their strength; the rest steps back. */
export interface Lit {
  readonly states: ReadonlySet<string>
  /** `from`, `event`, `to` as a JSON array. */
  readonly transitions: ReadonlySet<string>
}

/** One transition of the machine. */
export interface Arrow {
  readonly from: string
  readonly event: string
  readonly to: string
}

/** The transitions of a machine. */
export function arrowsOf(machine: Machine): readonly Arrow[] {
  return machine.states.flatMap(({ id, outgoingTransitions = [] }) =>
    outgoingTransitions.map(({ inputEvent, targetState }) => ({ from: id, event: inputEvent, to: targetState })),
  )
}

/** The key of a transition in `Lit`. */
export function arrowKey({ from, event, to }: Arrow): string {
  return JSON.stringify([from, event, to])
}

/**
 * The paths of a state or an event as far as the first fork: forwards each path ends at the first state with several ways out,
 * backwards at the first with several ways in.
 */
export function pathsOf(machine: Machine, chosen: Chosen): Lit {
  const arrows = arrowsOf(machine)
  const lit = { states: new Set<string>(), transitions: new Set<string>() }
  if ('state' in chosen) {
    lit.states.add(chosen.state)
    for (const arrow of arrows) {
      if (arrow.from === chosen.state) follow(arrows, { arrow, lit, isForward: true })
      if (arrow.to === chosen.state) follow(arrows, { arrow, lit, isForward: false })
    }
    return lit
  }
  for (const arrow of arrows.filter(({ event }) => event === chosen.event)) {
    follow(arrows, { arrow, lit, isForward: true })
    lit.transitions.delete(arrowKey(arrow))
    follow(arrows, { arrow, lit, isForward: false })
  }
  return lit
}

interface Follow {
  readonly arrow: Arrow
  readonly lit: { readonly states: Set<string>; readonly transitions: Set<string> }
  readonly isForward: boolean
}

function follow(arrows: readonly Arrow[], { arrow, lit, isForward }: Follow): void {
  for (let at: Arrow | undefined = arrow; at !== undefined && !lit.transitions.has(arrowKey(at));) {
    lit.transitions.add(arrowKey(at))
    lit.states.add(at.from).add(at.to)
    const next: string = isForward ? at.to : at.from
    const ways: readonly Arrow[] = arrows.filter((one) => (isForward ? one.from : one.to) === next)
    at = ways.length === 1 ? ways[0] : undefined
  }
}
