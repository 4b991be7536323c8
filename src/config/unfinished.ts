import { found } from './found.ts'
import { commandsIn } from './references.ts'
import { formatPath, get, isEmptyObject, type JsonObject } from './tree.ts'

/** What works and is surely not meant to stay so: a file that is still being written (C2). */
export function unfinished(file: JsonObject): readonly string[] {
  const warnings: string[] = []
  if (isEmpty(file['communicationProtocols'])) {
    warnings.push('communicationProtocols: no channel is configured, so no command is sent to anybody')
  }
  if (isEmpty(file['persistencyManagement'])) {
    warnings.push('persistencyManagement: no store is configured, so sagas are kept in the embedded store of the host')
  }
  return [...warnings, ...commandsToNobody(file)]
}

function commandsToNobody(file: JsonObject): readonly string[] {
  const unsent = commandsIn(file).filter(({ object }) => get(object, 'channel') === undefined)
  return unsent.map(({ path, object }) => {
    const label = found(get(object, 'label'), path)
    return `${formatPath([...path, 'channel'])}: not set, so ${label} is sent to nobody`
  })
}

function isEmpty(section: unknown): boolean {
  return section === undefined || isEmptyObject(section) || (Array.isArray(section) && section.length === 0)
}
