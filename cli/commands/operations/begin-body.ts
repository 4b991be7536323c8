import { filterOf } from '../../service/filter-flags.ts'
import type { FilterFlags } from '../../service/filter-flags.ts'
import type { JsonFlag } from '../../service/json-flag.ts'

/** The actions that a bulk operation can have. */
export const BULK_ACTIONS = ['redeliver', 'resend', 'hold', 'release', 'move', 'patch-metadata', 'cancel'] as const

/** Flags of the body of `POST /operations`. */
export interface BodyFlags extends FilterFlags {
  readonly body?: JsonFlag
  readonly action?: (typeof BULK_ACTIONS)[number]
  readonly all: boolean
  readonly to?: string
  readonly command?: boolean
  readonly merge?: JsonFlag
  readonly onlyChannel?: string
  readonly cancelled: boolean
  readonly rate?: number
}

/** The body as JSON text: that of `--body`, or one made of the other flags. Throws for flags that do not go together. */
export function bodyText(flags: BodyFlags, dryRun: boolean): string {
  const { body, action } = flags
  const filter = filterOf(flags)
  const isFiltered = Object.keys(filter).length > 0
  if (body !== undefined) {
    if (action !== undefined || isFiltered || flags.all) throw new Error('expected --body, or --action with filters')
    return joined([`"dryRun":${dryRun}`, innerOf(body, 'dryRun')])
  }
  if (action === undefined) throw new Error('expected --action, or --body')
  if (isFiltered === flags.all) throw new Error('expected a filter, such as --has dead-letters, or --all without one')
  const { to, command, onlyChannel, cancelled, rate, merge } = flags
  const given = {
    action,
    filter,
    dryRun,
    state: to,
    command,
    channel: onlyChannel,
    cancelled: cancelled || undefined,
    rate,
  }
  return joined([JSON.stringify(given).slice(1, -1), merge === undefined ? '' : `"metadata":${merge.text}`])
}

function joined(parts: readonly string[]): string {
  return `{${parts.filter((part) => part.trim() !== '').join(',')}}`
}

/** The members of an object as they were written, so that no digit is lost; a member that is set elsewhere is taken out. */
function innerOf({ text, value }: JsonFlag, without: string): string {
  if (!(without in value)) return text.trim().slice(1, -1)
  const { [without]: _, ...rest } = value
  return JSON.stringify(rest).slice(1, -1)
}
