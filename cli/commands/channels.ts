import { buildCommand, buildRouteMap } from '@stricli/core'
import type { Command } from '@stricli/core'
import { USAGE_ERROR } from '../command-line.ts'
import type { CommandLine } from '../command-line.ts'
import { failureText } from '../service/api-client.ts'
import type { ApiClient } from '../service/api-client.ts'
import { confirm } from '../service/confirm.ts'
import { authorHeaders, CHANGE_FLAGS } from '../service/operator-flags.ts'
import type { ChangeFlags } from '../service/operator-flags.ts'
import { printable } from '../service/printable.ts'
import { SERVICE_FLAGS, apiClient } from '../service/service-flags.ts'
import type { ServiceFlags } from '../service/service-flags.ts'
import { table } from '../service/table.ts'
import { jsonText } from './operations/operation-row.ts'

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
    if (flags.json) return void stdout.write(jsonText(answer.value))
    const { items, kept } = answer.value as { readonly items: readonly ChannelRow[]; readonly kept: boolean }
    stdout.write(items.length === 0 ? 'no channels\n' : table(TITLES, items.map(rowOf)))
    if (!kept) stderr.write(NOT_KEPT)
  },
})

/** A change of one channel, and its words. */
interface ChannelChange {
  readonly action: 'pause' | 'resume'
  readonly brief: string
}

function changeCommand({ action, brief }: ChannelChange): Command<CommandLine> {
  return buildCommand<ChangeFlags, [string], CommandLine>({
    docs: {
      brief,
      fullDescription: [
        `${brief}. The channel is shown first, then the command asks; --yes leaves both out.`,
        'Exit code: 0, 1 where the service does not answer or refuses, 2 where the command line is invalid.',
      ].join('\n'),
    },
    parameters: {
      flags: CHANGE_FLAGS,
      positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'The channel', placeholder: 'channel-id' }] },
    },
    async func(flags, id) {
      const { stdout, stderr, env } = this.process
      const client = apiClient(flags, this.process)
      const failed = (why: string, code = 1): void => {
        stderr.write(`${action} a channel: ${why}\n`)
        this.end(code)
      }
      if (flags.dryRun || !flags.yes) {
        const planned = await planChange(client, action, id)
        if (!planned.ok) return failed(planned.why)
        const { plan } = planned
        if (flags.dryRun) return void stdout.write(flags.json ? jsonText(plan) : formatPlan(plan))
        stderr.write(formatPlan(plan))
        const isWanted = await confirm(`${action} this channel?`)
        if (isWanted === undefined) return failed(NO_TERMINAL, USAGE_ERROR)
        if (!isWanted) return failed('nothing was changed')
      }
      const path = `/channels/${encodeURIComponent(id)}/${action}`
      const answer = await client.send({ method: 'POST', path, headers: authorHeaders(flags, env) })
      if (!answer.ok) return failed(failureText(answer))
      const channel = answer.value as ChannelRow
      stdout.write(flags.json ? jsonText(channel) : table(TITLES, [rowOf(channel)]))
      if (channel.kept === false) stderr.write(NOT_KEPT)
    },
  })
}

const NO_TERMINAL = 'there is no terminal to ask, so nothing was changed; expected --yes or --dry-run'

/** A channel as it is now, and the outcome that a change would have. */
interface ChannelPlan extends ChannelRow {
  readonly dryRun: true
  readonly outcome: 'paused' | 'resumed' | 'unchanged'
}

type Planned = { readonly ok: true; readonly plan: ChannelPlan } | { readonly ok: false; readonly why: string }

async function planChange(client: ApiClient, action: ChannelChange['action'], id: string): Promise<Planned> {
  const answer = await client.send({ path: '/channels' })
  if (!answer.ok) return { ok: false, why: failureText(answer) }
  const { items } = answer.value as { readonly items: readonly ChannelRow[] }
  const channel = items.find((one) => one.id === id)
  const known = items.map((one) => JSON.stringify(one.id)).join(', ')
  if (channel === undefined)
    return { ok: false, why: printable(`there is no channel "${id}"; saga.json has ${known || 'none'}`) }
  const isChanged = channel.isPaused === (action === 'resume')
  const outcome = !isChanged ? 'unchanged' : action === 'pause' ? 'paused' : 'resumed'
  return { ok: true, plan: { ...channel, dryRun: true, outcome } }
}

function formatPlan(plan: ChannelPlan): string {
  return `${table(TITLES, [rowOf(plan)])}the channel would be ${plan.outcome}\n`
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
    pause: changeCommand({ action: 'pause', brief: 'Pause a channel: nothing is sent to it, its commands wait' }),
    resume: changeCommand({ action: 'resume', brief: 'Resume a paused channel: what waited is sent' }),
  },
  docs: { brief: 'Look at the channels of a running service, pause and resume them' },
})
