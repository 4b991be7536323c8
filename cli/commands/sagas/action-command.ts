import { randomUUID } from 'node:crypto'
import { buildCommand } from '@stricli/core'
import type { Command } from '@stricli/core'
import { reasonOf } from '../../../src/errors.ts'
import { USAGE_ERROR } from '../../command-line.ts'
import type { CommandLine } from '../../command-line.ts'
import { confirm } from '../../service/confirm.ts'
import { printable } from '../../service/printable.ts'
import type { ServiceAnswer, ApiClient, ServiceRequest } from '../../service/api-client.ts'
import { SERVICE_FLAGS, apiClient } from '../../service/service-flags.ts'
import type { ServiceFlags } from '../../service/service-flags.ts'
import { table } from '../../service/table.ts'

/** Flags of every command that changes sagas. */
interface ActionFlags extends ServiceFlags {
  readonly reason: string
  readonly operator?: string
  readonly key?: string
  readonly dryRun: boolean
  readonly yes: boolean
  readonly channel?: string
  readonly cancelled?: boolean
  readonly state?: string
  readonly command?: boolean
}

/** One action on sagas. */
export interface ActionCommand {
  readonly action: 'redeliver' | 'resend' | 'hold' | 'release' | 'move' | 'cancel'
  readonly brief: string
  /** `state`: needs a target; `move`: and the choice of its command; `channel`: may be limited to one. */
  readonly takes?: 'channel' | 'state' | 'move'
}

const FLAGS = {
  ...SERVICE_FLAGS,
  reason: { kind: 'parsed', parse: String, brief: 'Why; recorded with the saga', placeholder: 'text' },
  operator: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'Who; recorded with the saga. Default: the user of this shell',
    placeholder: 'name',
  },
  key: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'Idempotency key: the same command again with this key changes nothing more',
    placeholder: 'key',
  },
  dryRun: { kind: 'boolean', default: false, withNegated: false, brief: 'Show what would be done; change nothing' },
  yes: { kind: 'boolean', default: false, withNegated: false, brief: 'Do not ask' },
} as const

const STATE = { kind: 'parsed', parse: String, brief: 'The state that the saga enters', placeholder: 'state' } as const
const COMMAND = {
  kind: 'boolean',
  optional: true,
  brief: 'Send the command and the side effects of the state; --no-command leaves them out',
} as const
const CHANNEL = {
  kind: 'parsed',
  parse: String,
  optional: true,
  brief: 'Only commands of this channel',
  placeholder: 'channel',
} as const

const CANCELLED = {
  kind: 'boolean',
  default: false,
  withNegated: false,
  brief: 'Commands that an operator cancelled too',
} as const

/** A command that carries out one action on one saga or several, one request each. */
export function actionCommand(command: ActionCommand): Command<CommandLine> {
  const { action, brief, takes } = command
  const own =
    takes === 'channel'
      ? { channel: CHANNEL, cancelled: CANCELLED }
      : takes === 'state'
        ? { state: STATE }
        : takes === 'move'
          ? { state: STATE, command: COMMAND }
          : {}
  return buildCommand<ActionFlags, string[], CommandLine>({
    docs: {
      brief,
      fullDescription: [
        `${brief}. A dry run comes first and is shown, then the command asks; --yes leaves both out.`,
        'Exit code: 0 where every saga is done, 1 where one is not, 2 where the command line is invalid.',
      ].join('\n'),
    },
    parameters: {
      // The flags of other actions are absent.
      flags: { ...FLAGS, ...own } as never,
      positional: {
        kind: 'array',
        minimum: 1,
        parameter: { parse: String, brief: 'The sagas', placeholder: 'saga-id' },
      },
    },
    async func(flags, ...ids) {
      const { stdout, stderr, env } = this.process
      if (takes === 'move' && flags.command === undefined) {
        stderr.write(`${action}: expected --command or --no-command\n`)
        return this.end(USAGE_ERROR)
      }
      const client = apiClient(flags, env)
      const run = (isDry: boolean) => each(client, ids, (id) => requestOf(action, flags, { id, isDry, env }))
      const print = (results: readonly ActionResult[]) =>
        stdout.write(flags.json ? `${JSON.stringify(results.map(shown), undefined, 2)}\n` : formatResults(results))
      if (flags.dryRun || !flags.yes) {
        const planned = await run(true)
        if (flags.dryRun) {
          print(planned)
          return this.end(planned.every(({ answer }) => answer.ok) ? 0 : 1)
        }
        stderr.write(formatResults(planned))
        const answer = await confirm(`${action} ${ids.length === 1 ? 'this saga' : `these ${ids.length} sagas`}?`)
        if (answer === undefined) stderr.write(`${action}: there is no terminal to ask; expected --yes or --dry-run\n`)
        if (answer !== true) return this.end(answer === undefined ? USAGE_ERROR : 1)
      }
      const results = await run(false)
      print(results)
      this.end(results.every(({ answer }) => answer.ok) ? 0 : 1)
    },
  })
}

interface ActionResult {
  readonly id: string
  readonly answer: ServiceAnswer
}

async function each(
  client: ApiClient,
  ids: readonly string[],
  request: (id: string) => ServiceRequest,
): Promise<readonly ActionResult[]> {
  const results: ActionResult[] = []
  for (const id of ids) results.push({ id, answer: await answerOf(client, request(id)) })
  return results
}

/** A saga without an answer is a result like others: what happened to those before it must be shown. */
async function answerOf(client: ApiClient, request: ServiceRequest): Promise<ServiceAnswer> {
  try {
    return await client.send(request)
  } catch (thrown) {
    return { ok: false, status: 0, message: reasonOf(thrown) }
  }
}

interface ActionTarget {
  readonly id: string
  readonly isDry: boolean
  readonly env: CommandLine['process']['env']
}

function requestOf(
  action: ActionCommand['action'],
  flags: ActionFlags,
  { id, isDry, env }: ActionTarget,
): ServiceRequest {
  const { reason, operator = env['USER'], key = randomUUID(), channel, cancelled, state, command } = flags
  const ofState = state === undefined ? undefined : { state, ...(command !== undefined && { command }) }
  const body = cancelled === true ? { cancelled } : ofState
  return {
    method: 'POST',
    path: `/sagas/${encodeURIComponent(id)}/${action}`,
    query: { channel, dryRun: isDry ? 'true' : undefined },
    headers: {
      'x-reason': encodeURIComponent(reason),
      ...(operator !== undefined && operator !== '' && { 'x-operator': encodeURIComponent(operator) }),
      'idempotency-key': encodeURIComponent(key),
    },
    body,
  }
}

function shown({ id, answer }: ActionResult): object {
  return answer.ok
    ? (answer.value as object)
    : { sagaId: id, outcome: 'failed', statusCode: answer.status, message: answer.message }
}

interface DoneAnswer {
  readonly outcome: string
  readonly currentState: string
  readonly details?: object
  readonly dryRun?: boolean
}

function formatResults(results: readonly ActionResult[]): string {
  return table(['SAGA', 'OUTCOME', 'STATE', 'DETAILS'], results.map(resultRow))
}

function resultRow({ id, answer }: ActionResult): readonly string[] {
  if (!answer.ok) return [id, 'failed', '', printable(answer.message)]
  const { outcome, currentState, details = {}, dryRun } = answer.value as DoneAnswer
  const facts = Object.entries(details).map(
    ([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`,
  )
  return [id, dryRun === true ? `would be ${outcome}` : outcome, currentState, facts.join('; ')]
}
