import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import type { CommandLine } from '../command-line.ts'
import { SERVICE_FLAGS } from './service-flags.ts'
import type { ServiceFlags } from './service-flags.ts'

/** Flags that name the author of a change, the reason, and the key of its repeats. */
export interface AuthorFlags extends ServiceFlags {
  readonly reason: string
  readonly operator?: string
  readonly key?: string
}

/** Flags of every command that changes something after it has asked. */
export interface ChangeFlags extends AuthorFlags {
  readonly dryRun: boolean
  readonly yes: boolean
}

/** The flags of `AuthorFlags`, the reason required. */
export const AUTHOR_FLAGS = {
  ...SERVICE_FLAGS,
  reason: { kind: 'parsed', parse: String, brief: 'Why; recorded with the change', placeholder: 'text' },
  operator: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'Who; recorded with the change. Default: the user of this shell',
    placeholder: 'name',
  },
  key: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'Idempotency key: the same command again with this key changes nothing more',
    placeholder: 'key',
  },
} as const

/** The flags of `ChangeFlags`, for `parameters.flags`. */
export const CHANGE_FLAGS = {
  ...AUTHOR_FLAGS,
  dryRun: { kind: 'boolean', default: false, withNegated: false, brief: 'Show what would be done; change nothing' },
  yes: { kind: 'boolean', default: false, withNegated: false, brief: 'Do not ask' },
} as const

/** Headers of a change. Without a key each call makes a new one, so that a repeat of this one request is harmless. */
export function authorHeaders(
  { reason, operator, key = randomUUID() }: Partial<Pick<AuthorFlags, 'reason' | 'operator' | 'key'>>,
  env: CommandLine['process']['env'],
): Readonly<Record<string, string>> {
  const author = operator ?? shellUser(env)
  return {
    ...(reason !== undefined && { 'x-reason': encodeURIComponent(reason) }),
    ...(author !== undefined && { 'x-operator': encodeURIComponent(author) }),
    'idempotency-key': encodeURIComponent(key),
  }
}

/** The user of the shell: of its environment, else of the process, as under cron; `undefined` where the machine has no name for it. */
function shellUser(env: CommandLine['process']['env']): string | undefined {
  const named = env['USER'] || env['LOGNAME'] || env['USERNAME']
  if (named) return named
  try {
    return userInfo().username || undefined
  } catch {
    return undefined
  }
}
