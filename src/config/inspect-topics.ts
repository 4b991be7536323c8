import { describeValue } from './describe-value.ts'
import { finding, type Finding } from './finding.ts'
import type { Inspected, InspectedFile } from './inspector.ts'
import { formatPath, get, objectsIn, type JsonObject, type Path } from './json-tree.ts'

/** Topics that Batuta writes and reads: each of its commands would come back as an event. */
export function topicInspector({ file }: InspectedFile): Inspected {
  const channels = objectsIn(file['communicationProtocols']).filter(([, { type }]) => type === 'kafka')
  const read = new Set(channels.flatMap(([, channel]) => topicsOf(channel, 'inputTopics').map(({ key }) => key)))
  const findings = channels.flatMap(([index, channel]) =>
    topicsOf(channel, 'outputTopics').flatMap(({ key, topic, at }): readonly Finding[] => {
      if (!read.has(key)) return []
      const path: Path = ['communicationProtocols', index, 'configurations', 'outputTopics', at]
      const expected = 'a topic that is none of the "inputTopics": commands would come back as events'
      return [finding('topic.echoed', { path: formatPath(path), found: describeValue(topic, path), expected })]
    }),
  )
  return { problems: [], findings }
}

/** The topics of a channel, each with its brokers: two clusters may have topics of one name. */
function topicsOf({ configurations }: JsonObject, list: string) {
  const topics = get(configurations, list)
  const brokers = JSON.stringify(get(configurations, 'brokers'))
  if (!Array.isArray(topics)) return []
  return topics.map((topic: unknown, at) => ({ key: `${brokers} ${JSON.stringify(topic)}`, topic, at }))
}
