import { describeType, describeValue } from './describe-value.ts'
import { finding, type Finding } from './finding.ts'
import { formatPath, get, isEmptyObject, type JsonObject } from './json-tree.ts'
import { commandsIn } from './reference-problems.ts'

/** Parts that may be absent, and are so only while a file is being written (C2). */
export function missingPartFindings(file: JsonObject): readonly Finding[] {
  return [...missingChannels(file), ...missingStore(file), ...commandsWithoutChannel(file)]
}

function missingChannels(file: JsonObject): readonly Finding[] {
  const path = 'communicationProtocols'
  if (!isEmpty(file[path])) return []
  const expected = 'at least one channel; without one no command is sent'
  return [finding('channels.missing', { path, found: describeType(file[path]), expected })]
}

function missingStore(file: JsonObject): readonly Finding[] {
  const path = 'persistencyManagement'
  if (!isEmpty(file[path])) return []
  const expected = 'a store; without one sagas are kept in the embedded store of the host'
  return [finding('store.missing', { path, found: describeType(file[path]), expected })]
}

function commandsWithoutChannel(file: JsonObject): readonly Finding[] {
  return commandsIn(file).flatMap(({ path, object }) => {
    if (get(object, 'channel') !== undefined) return []
    const expected = `the id of a channel; without one ${describeValue(get(object, 'label'), path)} is not sent`
    return [finding('command.unaddressed', { path: formatPath([...path, 'channel']), found: 'nothing', expected })]
  })
}

function isEmpty(section: unknown): boolean {
  return section === undefined || isEmptyObject(section) || (Array.isArray(section) && section.length === 0)
}
