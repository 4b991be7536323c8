import { buildCommand, buildRouteMap } from '@stricli/core'
import type { Command } from '@stricli/core'
import type { CommandLine } from '../command-line.ts'
import { failureText } from '../service/api-client.ts'
import { AUTHOR_FLAGS, authorHeaders } from '../service/operator-flags.ts'
import type { AuthorFlags } from '../service/operator-flags.ts'
import { SERVICE_FLAGS, apiClient } from '../service/service-flags.ts'
import type { ServiceFlags } from '../service/service-flags.ts'
import { table } from '../service/table.ts'

interface ChannelRow {
  readonly id: string
  readonly isPaused: boolean
  readonly pausedSince?: string
  readonly pausedBy?: string
  readonly reason?: string
  readonly circuit?: string
  readonly waiting?: number
  readonly underWay?: number
  readonly kept?: boolean
}

const NOT_KEPT = 'the store keeps no pauses: they end with the process that answered, and no other process sees them\n'
const TITLES = ['CHANNEL', 'PAUSED', 'SINCE', 'BY', 'REASON', 'CIRCUIT', 'WAITING', 'UNDER WAY']

const listChannels = buildCommand<ServiceFlags, [], CommandLine>({
  docs: {
    brief: 'List the channels with their pauses, queues and circuits',
    fullDescription: 'Exit code: 0, or 1 where the service does not answer or refuses.',
  },
  parameters: { flags: SERVICE_FLAGS },
  async func(flags) {
    const { stdout, stderr } = this.process
    const answer = await apiClient(flags, this.process).send({ path: '/channels' })
    if (!answer.ok) {
      stderr.write(`list channels: ${failureText(answer)}\n`)
      return this.end(1)
    }
    if (flags.json) return void stdout.write(`${JSON.stringify(answer.value, undefined, 2)}\n`)
    const { items, kept } = answer.value as { readonly items: readonly ChannelRow[]; readonly kept: boolean }
    stdout.write(items.length === 0 ? 'no channels\n' : table(TITLES, items.map(rowOf)))
    if (!kept) stderr.write(NOT_KEPT)
  },
})

function changeCommand(action: 'pause' | 'resume', brief: string): Command<CommandLine> {
  return buildCommand<AuthorFlags, [string], CommandLine>({
    docs: { brief, fullDescription: `${brief}. Exit code: 0, or 1 where the service does not answer or refuses.` },
    parameters: {
      flags: AUTHOR_FLAGS,
      positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'The channel', placeholder: 'channel-id' }] },
    },
    async func(flags, id) {
      const { stdout, stderr, env } = this.process
      const answer = await apiClient(flags, this.process).send({
        method: 'POST',
        path: `/channels/${encodeURIComponent(id)}/${action}`,
        headers: authorHeaders(flags, env),
      })
      if (!answer.ok) {
        stderr.write(`${action} a channel: ${failureText(answer)}\n`)
        return this.end(1)
      }
      const channel = answer.value as ChannelRow
      stdout.write(flags.json ? `${JSON.stringify(channel, undefined, 2)}\n` : table(TITLES, [rowOf(channel)]))
      if (channel.kept === false) stderr.write(NOT_KEPT)
    },
  })
}

function rowOf(channel: ChannelRow): readonly (string | undefined)[] {
  const { id, isPaused, pausedSince, pausedBy, reason, circuit, waiting, underWay } = channel
  return [
    id,
    isPaused ? 'yes' : 'no',
    pausedSince,
    pausedBy,
    reason,
    circuit,
    waiting?.toString(),
    underWay?.toString(),
  ]
}

/** `batuta channels`: the channels of a running service, over HTTP. */
export const channels = buildRouteMap<'list' | 'pause' | 'resume', CommandLine>({
  routes: {
    list: listChannels,
    pause: changeCommand('pause', 'Pause a channel: nothing is sent to it, its commands wait'),
    resume: changeCommand('resume', 'Resume a paused channel: what waited is sent'),
  },
  docs: { brief: 'Look at the channels of a running service, pause and resume them' },
})
