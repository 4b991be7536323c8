import { finding } from './finding.ts'
import type { Inspected, InspectedFile } from './inspector.ts'
import { formatPath, get, objectsIn } from './json-tree.ts'

/** REST channels that do not say how often a command is sent: Flow Manager sends it once (C2.5b). */
export function retryInspector({ file }: InspectedFile): Inspected {
  const findings = objectsIn(get(file, 'communicationProtocols')).flatMap(([index, channel]) => {
    const settings = channel['configurations']
    if (channel['type'] !== 'rest' || get(settings, 'retry') !== undefined) return []
    const path = formatPath(['communicationProtocols', index, 'configurations', 'retry'])
    return [finding('retry.unstated', { path, found: 'nothing', expected: 'how often a command is sent' })]
  })
  return { problems: [], findings }
}
