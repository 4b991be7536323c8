import { found } from './describe-value.ts'
import type { Finding } from './problem.ts'
import { commandsIn } from './reference-problems.ts'
import { formatPath, get, isEmptyObject, type JsonObject } from './json-tree.ts'

/** What works and is surely not meant to stay so: a file that is still being written (C2). */
export function unfinished(file: JsonObject): readonly Finding[] {
  const findings: Finding[] = []
  if (isEmpty(file['communicationProtocols'])) {
    const reason = 'no channel is configured, so no command is sent to anybody'
    findings.push({ path: 'communicationProtocols', reason })
  }
  if (isEmpty(file['persistencyManagement'])) {
    const reason = 'no store is configured, so sagas are kept in the embedded store of the host'
    findings.push({ path: 'persistencyManagement', reason })
  }
  return [...findings, ...commandsToNobody(file)]
}

function commandsToNobody(file: JsonObject): readonly Finding[] {
  const unsent = commandsIn(file).filter(({ object }) => get(object, 'channel') === undefined)
  return unsent.map(({ path, object }) => {
    const label = found(get(object, 'label'), path)
    return { path: formatPath([...path, 'channel']), reason: `not set, so ${label} is sent to nobody` }
  })
}

function isEmpty(section: unknown): boolean {
  return section === undefined || isEmptyObject(section) || (Array.isArray(section) && section.length === 0)
}
