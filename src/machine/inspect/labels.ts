import { quoteName, statePath, type FilePath, type MachineGraph } from './graph.ts'
import type { MachineFinding } from './machine-finding.ts'

/** A name in the file: the id of a state, or the label of an event or a command. */
interface PlacedName {
  readonly name: string
  readonly path: FilePath
}

/** Names of one kind that differ by letter case or blanks only: participants send one of them. */
export function labelFindings(graph: MachineGraph): readonly MachineFinding[] {
  return [stateIds(graph), eventLabels(graph), commandLabels(graph)].flatMap(similarNames)
}

function stateIds({ states }: MachineGraph): readonly PlacedName[] {
  return states.map(({ id }, state) => ({ name: id, path: statePath(state, 'id') }))
}

function eventLabels({ states }: MachineGraph): readonly PlacedName[] {
  return states.flatMap(({ outgoingTransitions = [] }, state) =>
    outgoingTransitions.map(({ inputEvent }, at) => ({
      name: inputEvent,
      path: statePath(state, 'outgoingTransitions', at, 'inputEvent'),
    })),
  )
}

function commandLabels({ states }: MachineGraph): readonly PlacedName[] {
  return states.flatMap(({ outputCommand, sideEffects = [] }, state) => [
    ...(outputCommand === undefined
      ? []
      : [{ name: outputCommand.label, path: statePath(state, 'outputCommand', 'label') }]),
    ...sideEffects.map(({ label }, at) => ({ name: label, path: statePath(state, 'sideEffects', at, 'label') })),
  ])
}

/** Of two spellings the rarer one is reported; of two equally rare ones, the later. */
function similarNames(names: readonly PlacedName[]): readonly MachineFinding[] {
  const groups = Map.groupBy(names, ({ name }) => name.trim().replaceAll(/\s+/g, ' ').toLowerCase())
  return [...groups.values()].flatMap((group): readonly MachineFinding[] => {
    const spellings = [...Map.groupBy(group, ({ name }) => name).values()]
    const usual = spellings.reduce((most, next) => (next.length > most.length ? next : most))
    return spellings.flatMap(([first]) => {
      if (first === undefined || first.name === usual[0]?.name) return []
      const found = `${quoteName(first.name)}, and ${quoteName(usual[0]?.name ?? '')} elsewhere`
      return [{ code: 'name.similar', path: first.path, found, expected: 'one spelling of one name' }]
    })
  })
}
