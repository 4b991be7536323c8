import type { Machine } from '../../api/machine.ts'
import { arrowKey, arrowsOf, pathsOf, type Lit } from '../../picture/highlight.ts'

/** The parameters of the machine's view. */
export interface MachineQuery {
  readonly state?: string | undefined
  readonly event?: string | undefined
  readonly q?: string | undefined
}

/** Something of the machine that a search has found. */
export interface Found {
  readonly kind: 'state' | 'event' | 'command'
  readonly name: string
  /** The state of a state or a command, the label of an event. */
  readonly target: { readonly state: string } | { readonly event: string }
}

const MOST_FOUND = 12

/** The parts of the picture that keep their strength; undefined where nothing steps back. */
export function litOf(machine: Machine, { state, event, q = '' }: MachineQuery): Lit | undefined {
  if (state !== undefined) return pathsOf(machine, { state })
  if (event !== undefined) return pathsOf(machine, { event })
  if (q.trim() === '') return undefined
  const found = findIn(machine, q).map(({ target }) => target)
  const events = new Set(found.flatMap((target) => ('event' in target ? [target.event] : [])))
  const arrows = arrowsOf(machine).filter((arrow) => events.has(arrow.event))
  return {
    states: new Set([
      ...found.flatMap((target) => ('state' in target ? [target.state] : [])),
      ...arrows.map(({ to }) => to),
    ]),
    transitions: new Set(arrows.map(arrowKey)),
  }
}

/** The part that is brought into sight: the chosen one, else the first of a search. */
export function soughtOf(machine: Machine, { state, event, q = '' }: MachineQuery): Found['target'] | undefined {
  if (state !== undefined) return { state }
  return event === undefined ? findIn(machine, q)[0]?.target : { event }
}

/** States, events and commands whose texts hold the search. */
export function findIn(machine: Machine, search: string): readonly Found[] {
  const wanted = search.trim().toLowerCase()
  if (wanted === '') return []
  const holds = (text: string | undefined) => text?.toLowerCase().includes(wanted) === true
  const states = machine.states.flatMap((state): Found[] => {
    const commands = [state.outputCommand, ...(state.sideEffects ?? [])].filter((one) => one !== undefined)
    return [
      ...(holds(state.id) || holds(state.description) ? [stateFound(state.id)] : []),
      ...commands
        .filter((one) => holds(one.label) || holds(one.channel))
        .map((one) => commandFound(one.label, state.id)),
    ]
  })
  const events = new Set(arrowsOf(machine).map(({ event }) => event))
  return [...states, ...[...events].filter(holds).map(eventFound)].slice(0, MOST_FOUND)
}

function stateFound(id: string): Found {
  return { kind: 'state', name: id, target: { state: id } }
}

function commandFound(label: string, state: string): Found {
  return { kind: 'command', name: label, target: { state } }
}

function eventFound(event: string): Found {
  return { kind: 'event', name: event, target: { event } }
}
