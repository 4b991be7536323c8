import { buildCommand } from '@stricli/core'
import type { Machine } from '../../src/machine/compile.ts'
import { reasonOf } from '../../src/errors.ts'
import { USAGE_ERROR } from '../command-line.ts'
import type { CommandLine } from '../command-line.ts'
import { atOnce } from '../service/at-once.ts'
import { checkedConfiguration, machineToRead } from '../service/checked-configuration.ts'
import { IDS_FLAG, idPages } from '../service/id-file.ts'
import { FILTER_FLAGS, filterOf, limitFlag } from '../service/filter-flags.ts'
import type { FilterFlags } from '../service/filter-flags.ts'
import { liveCount } from '../service/live-count.ts'
import { printable } from '../service/printable.ts'
import { SERVICE_FLAGS } from '../service/service-flags.ts'
import { formatReplay } from './replay/format-replay.ts'
import type { HistorySource } from './replay/history-source.ts'
import { openSource } from './replay/open-source.ts'
import { replayHistory } from './replay/replay-history.ts'
import { ReplayTally } from './replay/replay-tally.ts'
import type { ReplayReport } from './replay/replay-tally.ts'

interface ReplayFlags extends FilterFlags {
  readonly from: string
  readonly ids?: string
  readonly token?: string
  readonly json: boolean
  readonly limit: number
}

/** Sagas that are read at once. */
const AT_ONCE = 8

/** `batuta replay`: stored histories in a changed machine. */
export const replay = buildCommand<ReplayFlags, [string], CommandLine>({
  docs: {
    brief: 'Run stored histories through a changed saga.json',
    fullDescription: [
      'Applies the events of each saga, from its creation, to the transitions of the file, and reports the first step that would lead',
      'elsewhere: another target, an event that the state does not list, a state that is missing. The file is checked first.',
      'Steps by hand and new names of states are taken as they were. Payloads of past events are not stored, so schemas, hooks and',
      'metadata are not replayed.',
      '--from takes the URL of a service; a SQLite file, or the folder of one; or a saga.json, whose store is opened with the secrets',
      'and DATA_PATH of the environment. Nothing is written. Filters are combined with "and", as those of batuta sagas list.',
      'Exit code: 0 where all would go the same way, 1 where one would not, 2 where a file, the source or one of its sagas cannot be read.',
    ].join('\n'),
  },
  parameters: {
    flags: {
      from: { kind: 'parsed', parse: String, brief: 'The histories: a URL, a file or a folder', placeholder: 'place' },
      ids: IDS_FLAG,
      token: SERVICE_FLAGS.token,
      json: SERVICE_FLAGS.json,
      ...FILTER_FLAGS,
      limit: limitFlag('10000'),
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'The changed file', placeholder: 'saga.new.json' }],
    },
  },
  async func(flags, path) {
    const { stdout, stderr, env } = this.process
    const failed = (text: string): void => {
      stderr.write(text)
      this.end(USAGE_ERROR)
    }
    if (flags.ids !== undefined && Object.keys(filterOf(flags)).length > 0)
      return failed('read histories: found --ids and filters, expected one of them\n')
    const file = await checkedConfiguration(path, env)
    if (!file.ok) return failed(file.text)
    const { token, from, limit } = flags
    const opened = await openSource(from, this.process, { token, machine: file.configuration.machineShown })
    if (!opened.ok) return failed(opened.text)
    const { source } = opened
    try {
      const machine = machineToRead(file.configuration)
      const tally = new ReplayTally(machine)
      const count = liveCount(this.process, 'histories')
      const listed = flags.ids === undefined ? source : { list: namedList(flags.ids) }
      const read = await listed.list({ filters: filterOf(flags), most: limit }, async (ids) => {
        await atOnce(ids, AT_ONCE, (id) => replayOne(id, { source, machine, tally }))
        count.update(tally.sagas)
      })
      count.end()
      if (!read.ok) return failed(`read histories: ${printable(read.why)}\n`)
      const report = tally.report()
      stdout.write(flags.json ? `${JSON.stringify({ version: 1, ...report }, undefined, 2)}\n` : formatReplay(report))
      if (!read.isAll) stderr.write(`there are more than ${limit} sagas; --limit takes more\n`)
      this.end(codeOf(report))
    } finally {
      await source.close()
    }
  },
})

/** The ids of a file, in place of those that the source lists: all of them, without filters. */
function namedList(path: string): HistorySource['list'] {
  return async (_, take) => {
    try {
      for await (const ids of idPages(path)) await take(ids)
      return { ok: true, isAll: true }
    } catch (thrown) {
      return { ok: false, why: reasonOf(thrown) }
    }
  }
}

interface ReplayParts {
  readonly source: HistorySource
  readonly machine: Machine
  readonly tally: ReplayTally
}

/** A saga that was removed since it was listed counts as if it had never been. */
async function replayOne(id: string, { source, machine, tally }: ReplayParts): Promise<void> {
  const read = await source.past(id)
  if (read === undefined) return
  if (read.ok) tally.add(id, replayHistory(machine, read.past))
  else tally.skip(id, read.why)
}

function codeOf({ same, sagas, unread }: ReplayReport): number {
  if (same < sagas) return 1
  return unread.sagas > 0 ? USAGE_ERROR : 0
}
