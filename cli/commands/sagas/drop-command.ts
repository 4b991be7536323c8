import { buildCommand } from '@stricli/core'
import type { Command } from '@stricli/core'
import type { CommandLine } from '../../command-line.ts'
import { CHANGE_FLAGS } from '../../service/operator-flags.ts'
import type { ChangeFlags } from '../../service/operator-flags.ts'
import { ASKS } from './action-command.ts'
import { runChanges } from './run-changes.ts'

interface DropFlags extends ChangeFlags {
  readonly label?: string
}

/** One kind of thing that is dropped from a saga. */
export interface DropCommand {
  readonly action: string
  readonly brief: string
  /** Segment of the path. */
  readonly of: 'parked' | 'dead-letters'
  /** Name of the thing. */
  readonly thing: 'event' | 'letter'
}

/** A command that drops parked events, or dead letters, of one saga, one request each. */
export function dropCommand({ action, brief, of, thing }: DropCommand): Command<CommandLine> {
  return buildCommand<DropFlags, [string, ...string[]], CommandLine>({
    docs: { brief, fullDescription: `${brief}: a saga, then ids as \`sagas show\` prints them. ${ASKS}` },
    parameters: {
      flags: {
        ...CHANGE_FLAGS,
        label: {
          kind: 'parsed',
          parse: String,
          optional: true,
          brief: 'Only the one of this label; default: all of the id',
          placeholder: 'label',
        },
      },
      positional: {
        kind: 'array',
        minimum: 2,
        parameter: { parse: String, brief: `The saga, then the ids`, placeholder: `saga-id ${thing}-id` },
      } as never,
    },
    func({ label, ...flags }, saga, ...ids) {
      const path = `/sagas/${encodeURIComponent(saga)}/${of}`
      return runChanges(this, flags, {
        action,
        object: ids.length === 1 ? `this ${thing}` : `these ${ids.length} ${thing}s`,
        requests: ids.map((id) => ({
          id,
          saga,
          method: 'DELETE',
          path: `${path}/${encodeURIComponent(id)}`,
          query: { label },
        })),
      })
    },
  })
}
