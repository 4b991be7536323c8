import type { MachineDefinition } from '../machine/definition.ts'
import { inspectMachine } from '../machine/inspect.ts'
import type { ChannelUse } from '../machine/inspect/usage.ts'
import { finding } from './finding.ts'
import type { Inspected, InspectedFile } from './inspector.ts'
import { formatPath, get, objectsIn } from './json-tree.ts'

/** Findings about the machine as a graph (C2.8). None while the machine or the channels have problems: the graph would be another. */
export function machineInspector({ file, problems }: InspectedFile): Inspected {
  const isBroken = problems.some(({ path }) => /^$|^machineDefinition|^communicationProtocols/.test(path))
  if (isBroken) return { problems: [], findings: [] }
  // without problems it has the shape of the schema
  const definition = file['machineDefinition'] as MachineDefinition
  const found = inspectMachine(definition, channelsIn(file['communicationProtocols']))
  return {
    problems: [],
    findings: found.map(({ code, path, ...words }) => finding(code, { path: formatPath(path), ...words })),
  }
}

function channelsIn(written: unknown): readonly ChannelUse[] {
  return objectsIn(written).map(([, { id, type, configurations }]) => ({
    id: String(id),
    sends: type !== 'kafka' || hasItems(get(configurations, 'outputTopics')),
    receives: type === 'kafka' && hasItems(get(configurations, 'inputTopics')),
  }))
}

function hasItems(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0
}
