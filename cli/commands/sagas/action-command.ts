import { buildCommand } from '@stricli/core'
import type { Command } from '@stricli/core'
import { USAGE_ERROR } from '../../command-line.ts'
import type { CommandLine } from '../../command-line.ts'
import type { JsonFlag } from '../../service/json-flag.ts'
import { CHANGE_FLAGS } from '../../service/operator-flags.ts'
import type { ChangeFlags } from '../../service/operator-flags.ts'
import { ACTION_FLAGS } from './action-flags.ts'
import { runChanges } from './run-changes.ts'

/** Flags of the actions; those that an action does not take are absent. */
interface ActionFlags extends ChangeFlags {
  readonly channel?: string
  readonly cancelled?: boolean
  readonly label?: string
  readonly payload?: JsonFlag
  readonly state?: string
  readonly command?: boolean
  readonly merge?: JsonFlag
}

/** One action on sagas. */
export interface ActionCommand {
  readonly action: 'redeliver' | 'resend' | 'hold' | 'release' | 'event' | 'move' | 'cancel' | 'metadata'
  readonly brief: string
  /** Names of the flags that it takes beside those of every change. */
  readonly takes?: readonly (keyof typeof ACTION_FLAGS)[]
}

/** A command that carries out one action on one saga or several, one request each. */
export function actionCommand({ action, brief, takes = [] }: ActionCommand): Command<CommandLine> {
  const own = Object.fromEntries(takes.map((name) => [name, ACTION_FLAGS[name]]))
  return buildCommand<ActionFlags, string[], CommandLine>({
    docs: { brief, fullDescription: `${brief}. ${ASKS}` },
    parameters: {
      // The flags of other actions are absent.
      flags: { ...CHANGE_FLAGS, ...own } as never,
      positional: {
        kind: 'array',
        minimum: 1,
        parameter: { parse: String, brief: 'The sagas', placeholder: 'saga-id' },
      },
    },
    async func(flags, ...ids) {
      if (takes.includes('command') && flags.command === undefined) {
        this.process.stderr.write(`${action}: expected --command or --no-command\n`)
        return this.end(USAGE_ERROR)
      }
      const request = {
        method: action === 'metadata' ? 'PATCH' : 'POST',
        query: { channel: flags.channel },
        body: bodyOf(flags),
      } as const
      return runChanges(this, flags, {
        action,
        object: ids.length === 1 ? 'this saga' : `these ${ids.length} sagas`,
        requests: ids.map((id) => ({ ...request, id, saga: id, path: `/sagas/${encodeURIComponent(id)}/${action}` })),
      })
    },
  })
}

/** Of the description of every command that changes sagas. */
export const ASKS = [
  'A dry run comes first and is shown, then the command asks; --yes leaves both out.',
  'Exit code: 0 where everything is done, 1 where something is not, 2 where the command line is invalid.',
].join('\n')

function bodyOf({ label, payload, state, command, cancelled, merge }: ActionFlags): string | undefined {
  if (merge !== undefined) return merge.text
  if (payload !== undefined) return `{"messageLabel":${JSON.stringify(label)},"messagePayload":${payload.text}}`
  if (cancelled === true) return JSON.stringify({ cancelled })
  return state === undefined ? undefined : JSON.stringify({ state, command })
}
