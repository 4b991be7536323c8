import type { MachineFinding } from './machine-finding.ts'
import { quoteName, reachableFrom, reachableStates, statePath, type MachineGraph } from './graph.ts'
import type { Outcomes } from './outcomes.ts'

/** Business states that are inconsistent along a path. */
export function businessFindings(graph: MachineGraph, outcomes: Outcomes): readonly MachineFinding[] {
  return [...missingBusinessStates(graph), ...prematureBusinessStates(graph, outcomes)]
}

/** A state without business state after one that has one, or beside final states that have one: the document loses it. */
function missingBusinessStates(graph: MachineGraph): readonly MachineFinding[] {
  const { states, entering, isReachable } = graph
  const reachable = reachableStates(graph)
  const has = (state: number) => businessOf(graph, state) !== undefined
  const finalWithOne = reachable.find((state) => states[state]?.isFinal === true && has(state))
  return reachable.flatMap((state) => {
    if (has(state)) return []
    const before = (entering[state] ?? []).find(({ from }) => isReachable[from] === true && has(from))?.from
    const other = before ?? (states[state]?.isFinal === true ? finalWithOne : undefined)
    if (other === undefined) return []
    const relation = before === undefined ? 'another final state' : 'a state before it'
    const found = `no business state, while ${nameOf(graph, other)}, ${relation}, has one`
    const path = statePath(state, 'businessStateId')
    return [{ code: 'business-state.missing', path, found, expected: 'a business state' } as const]
  })
}

/** As text: 1 and "1" are one business state. */
function businessOf({ states }: MachineGraph, state: number): string | undefined {
  const id = states[state]?.businessStateId
  return id === undefined ? undefined : String(id)
}

function nameOf({ states }: MachineGraph, state: number): string {
  return quoteName(states[state]?.id ?? '')
}

/** Business states with a search of their own; further ones are not looked at. */
const MOST = 64

/**
 * States that are not final and have the business state of a final one, although sagas can still end otherwise, or go back to a
 * business state that they had before. An end that sagas only reach by way of the same business state is none of these: a
 * compensation that fails ends in another way than the failure.
 */
function prematureBusinessStates(graph: MachineGraph, outcomes: Outcomes): readonly MachineFinding[] {
  const reachable = reachableStates(graph)
  const isFinal = (state: number) => graph.states[state]?.isFinal === true
  const ofFinals = new Set(reachable.filter(isFinal).map((state) => businessOf(graph, state)))
  const carriers = reachable.filter((state) => !isFinal(state) && ofFinals.has(businessOf(graph, state)))
  const byBusiness = Map.groupBy(carriers, (state) => businessOf(graph, state))
  return [...byBusiness].slice(0, MOST).flatMap(([business, ofBusiness]) => {
    if (business === undefined) return []
    const others = othersThan(business, graph)
    return ofBusiness.flatMap((state) => {
      const doubt = otherEndOf(state, { graph, outcomes, others }) ?? wayBackFrom(state, { graph, ofFinals, others })
      if (doubt === undefined) return []
      return [
        {
          code: 'business-state.premature',
          path: statePath(state, 'businessStateId'),
          found: `${quoteName(business)}, the business state of a final state, ${doubt}`,
          expected: 'a business state of a saga that is not decided',
        } as const,
      ]
    })
  })
}

/** The part of a machine that sagas enter without having had one business state. */
interface OtherStates {
  readonly has: (state: number) => boolean
  readonly finals: readonly number[]
  readonly business: ReadonlySet<string | undefined>
}

function othersThan(business: string, graph: MachineGraph): OtherStates {
  const isOther = (state: number) => businessOf(graph, state) !== business
  // A machine that begins with this business state has no part without it: every other end counts.
  const entered = isOther(graph.initial) ? reachableFrom(graph.initial, graph.leaving, isOther) : graph.isReachable
  const states = [...entered.keys()].filter((state) => entered[state] === true && isOther(state))
  return {
    has: (state) => entered[state] === true && isOther(state),
    finals: states.filter((state) => graph.states[state]?.isFinal === true),
    business: new Set(states.map((state) => businessOf(graph, state))),
  }
}

interface EndSearch {
  readonly graph: MachineGraph
  readonly outcomes: Outcomes
  readonly others: OtherStates
}

/** Words for another end ahead of a state with which sagas begin to have its business state. */
function otherEndOf(state: number, { graph, outcomes, others }: EndSearch): string | undefined {
  const isFirst = state === graph.initial || (graph.entering[state] ?? []).some(({ from }) => others.has(from))
  if (!isFirst) return undefined
  const ahead = outcomes.ahead[state] ?? 0n
  const end = others.finals.find((final) => {
    const definition = graph.states[final]
    return definition !== undefined && (outcomes.outcomeOf(definition) & ahead) !== 0n
  })
  return end === undefined ? undefined : `while sagas can still end in ${nameOf(graph, end)}`
}

interface BackSearch {
  readonly graph: MachineGraph
  readonly ofFinals: ReadonlySet<string | undefined>
  readonly others: OtherStates
}

/** Words for a transition to a business state that sagas had before and that no final state has. */
function wayBackFrom(state: number, { graph, ofFinals, others }: BackSearch): string | undefined {
  if (graph.initial === state || !others.has(graph.initial)) return undefined
  const back = (graph.leaving[state] ?? []).find(({ to }) => {
    const next = businessOf(graph, to)
    return next !== undefined && !ofFinals.has(next) && others.business.has(next)
  })
  return back === undefined ? undefined : `before a transition back to ${nameOf(graph, back.to)}`
}
