import { describeValue } from './describe-value.ts'
import { finding, type Finding } from './finding.ts'
import { formatPath, type JsonObject } from './json-tree.ts'
import { businessEntriesIn, children, repeatsOf, statesIn } from './reference-problems.ts'

/** Parts of a machine that published files have, and that are probably a mistake (C2.1, C4.5). */
export function machineFindings(file: JsonObject): readonly Finding[] {
  return [...repeatedBusinessIds(file), ...finalStatesWithTransitions(file)]
}

function repeatedBusinessIds(file: JsonObject): readonly Finding[] {
  const repeats = [...repeatsOf(businessEntriesIn(file, 'businessStates'), 'id')]
  repeats.push(...repeatsOf(businessEntriesIn(file, 'businessEvents'), 'id'))
  return repeats.map(({ path, id }) => {
    const expected = 'an id that no earlier entry has; the first entry of an id counts'
    return finding('business.repeated', { path: formatPath(path), found: describeValue(id, path), expected })
  })
}

function finalStatesWithTransitions(file: JsonObject): readonly Finding[] {
  return statesIn(file).flatMap((state) => {
    if (state.object['isFinal'] !== true || children(state, 'outgoingTransitions').length === 0) return []
    const path = formatPath([...state.path, 'outgoingTransitions'])
    const found = 'transitions of a final state'
    return [finding('final.transitions', { path, found, expected: 'none; those listed move a saga that has ended' })]
  })
}
