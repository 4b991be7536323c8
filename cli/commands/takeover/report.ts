import type { SagaCounts } from './count-sagas.ts'
import type { GroupSurvey } from './survey-groups.ts'

/** All that `batuta takeover` has found out. */
export interface TakeoverReport {
  readonly sagas: SagaCounts
  readonly groups: readonly GroupSurvey[]
  /** Why the service must not be started on this collection now; empty where it may. */
  readonly obstacles: readonly string[]
  /** True where the store was opened as a start does, which makes its indexes. */
  readonly isPrepared: boolean
}

/** The sagas that cannot go on, as reasons against a start. */
export function stuckObstacles({ stuck }: SagaCounts): readonly string[] {
  return stuck.map(({ why, count }) => `${countOf(count, 'saga')} cannot go on: ${why}`)
}

/** The other reasons against a start that sagas and consumer groups give. */
export function obstaclesOf(sagas: SagaCounts, groups: readonly GroupSurvey[]): readonly string[] {
  return [
    ...(sagas.documents === 0 ? ['the collection is empty: is it the one that the old service writes?'] : []),
    ...groups.flatMap(({ missing }) => missing.map((topic) => `the topic ${JSON.stringify(topic)} does not exist`)),
    ...groups
      .filter(({ members }) => members > 0)
      .map(({ group, members }) => {
        return `the group ${JSON.stringify(group)} has ${countOf(members, 'member')}: stop the old service, and wait until its session has ended`
      }),
  ]
}

/** The report for people. */
export function formatReport({ sagas, groups, obstacles, isPrepared }: TakeoverReport): string {
  const live = Object.values(sagas.live).reduce((sum, count) => sum + count, 0)
  return [
    `${countOf(sagas.documents, 'document')}: ${live} live that can go on, ${sagas.final} final, ${sagas.documents - live - sagas.final} that cannot go on`,
    ...Object.entries(sagas.live).map(([state, count]) => `  ${JSON.stringify(state)}: ${count}`),
    ...sagas.stuck.map(({ why, count, examples }) => `  ${count} cannot go on: ${why}${shown(examples)}`),
    ...groups.flatMap(groupLines),
    ...(obstacles.length > 0
      ? ['not safe to start:', ...obstacles.map((one) => `  ${one}`)]
      : [isPrepared ? 'safe to start; the store is prepared' : 'safe to start']),
    '',
  ].join('\n')
}

function groupLines({ channel, group, members, partitions }: GroupSurvey): string[] {
  return [
    `channel ${JSON.stringify(channel)}, group ${JSON.stringify(group)}: ${countOf(members, 'member')}`,
    ...partitions.map(({ topic, partition, committed, lag, isPastEnd }) => {
      const end = isPastEnd ? ', past the end of the topic' : ''
      const place = committed === undefined ? 'no committed offset' : `committed ${committed}${end}`
      return `  ${topic}/${partition}: ${place}, ${countOf(lag, 'record')} to read`
    }),
  ]
}

function shown(examples: readonly string[]): string {
  return examples.length === 0 ? '' : `, such as ${examples.map((id) => JSON.stringify(id.slice(0, 100))).join(', ')}`
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
