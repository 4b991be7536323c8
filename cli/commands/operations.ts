import { randomUUID } from 'node:crypto'
import { buildCommand, buildRouteMap } from '@stricli/core'
import { USAGE_ERROR } from '../command-line.ts'
import type { CommandLine } from '../command-line.ts'
import type { ServiceRequest } from '../service/api-client.ts'
import { confirm } from '../service/confirm.ts'
import { printable } from '../service/printable.ts'
import { SERVICE_FLAGS, apiClient } from '../service/service-flags.ts'
import type { ServiceFlags } from '../service/service-flags.ts'
import { itemTable, operationTable } from './operations/operation-row.ts'
import type { ItemShown, OperationShown } from './operations/operation-row.ts'

interface BeginFlags extends ServiceFlags {
  readonly body: object
  readonly reason?: string
  readonly operator?: string
  readonly key?: string
  readonly dryRun: boolean
  readonly yes: boolean
}

interface Preview {
  readonly matches: number
  readonly isComplete: boolean
  readonly items: readonly ItemShown[]
}

const optionalText = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder }) as const

const begin = buildCommand<BeginFlags, [], CommandLine>({
  docs: {
    brief: 'Carry out one action on every saga of a filter',
    fullDescription: [
      'A dry run comes first and is shown, then the command asks; --yes leaves both out.',
      `--body is that of POST /operations, such as '{"action":"redeliver","filter":{"has":"dead-letters"}}'.`,
      'Exit code: 0 where the operation is begun, 1 where it is not, 2 where the command line is invalid.',
    ].join('\n'),
  },
  parameters: {
    flags: {
      ...SERVICE_FLAGS,
      body: { kind: 'parsed', parse: jsonOf, brief: 'Action and filter as JSON', placeholder: 'json' },
      reason: optionalText('Why, if it is not in the body; recorded with each saga', 'text'),
      operator: optionalText('Who; recorded with each saga. Default: the user of this shell', 'name'),
      key: optionalText('Idempotency key: the same command again with this key begins nothing more', 'key'),
      dryRun: { kind: 'boolean', default: false, withNegated: false, brief: 'Show what would be done; change nothing' },
      yes: { kind: 'boolean', default: false, withNegated: false, brief: 'Do not ask' },
    },
  },
  async func(flags) {
    const { stdout, stderr, env } = this.process
    const client = apiClient(flags, env)
    const refused = (message: string) => (stderr.write(`begin an operation: ${printable(message)}\n`), this.end(1))
    const isDry = flags.dryRun || (flags.body as { readonly dryRun?: unknown }).dryRun === true
    if (isDry || !flags.yes) {
      const answer = await client.send(requestOf(flags, env, true))
      if (!answer.ok) return refused(answer.message)
      const preview = answer.value as Preview
      if (isDry) return void stdout.write(flags.json ? jsonText(preview) : formatPreview(preview))
      stderr.write(formatPreview(preview))
      const isWanted = await confirm('begin this operation?')
      if (isWanted === undefined) stderr.write('begin an operation: there is no terminal to ask; expected --yes\n')
      if (isWanted !== true) return this.end(isWanted === undefined ? USAGE_ERROR : 1)
    }
    const answer = await client.send(requestOf(flags, env, false))
    if (!answer.ok) return refused(answer.message)
    stdout.write(flags.json ? jsonText(answer.value) : operationTable([answer.value as OperationShown]))
  },
})

function requestOf(flags: BeginFlags, env: CommandLine['process']['env'], dryRun: boolean): ServiceRequest {
  const { body, reason, operator = env['USER'], key = randomUUID() } = flags
  return {
    method: 'POST',
    path: '/operations',
    headers: {
      ...(reason !== undefined && { 'x-reason': encodeURIComponent(reason) }),
      ...(operator !== undefined && operator !== '' && { 'x-operator': encodeURIComponent(operator) }),
      'idempotency-key': encodeURIComponent(key),
    },
    body: { ...body, dryRun },
  }
}

function formatPreview({ matches, isComplete, items }: Preview): string {
  return `${itemTable(items)}${isComplete ? '' : 'more than '}${matches} sagas match\n`
}

const list = buildCommand<ServiceFlags, [], CommandLine>({
  docs: {
    brief: 'List bulk operations, newest first',
    fullDescription: 'Exit code: 0, or 1 where the service refuses.',
  },
  parameters: { flags: SERVICE_FLAGS },
  async func(flags) {
    const { stdout, stderr, env } = this.process
    const answer = await apiClient(flags, env).send({ path: '/operations', query: { limit: '1000' } })
    if (!answer.ok) {
      stderr.write(`list operations: ${printable(answer.message)}\n`)
      return this.end(1)
    }
    const { items } = answer.value as { readonly items: readonly OperationShown[] }
    stdout.write(flags.json ? jsonText(answer.value) : items.length === 0 ? 'no operations\n' : operationTable(items))
  },
})

const ID = {
  kind: 'tuple',
  parameters: [{ parse: String, brief: 'The operation', placeholder: 'operation-id' }],
} as const

const show = buildCommand<ServiceFlags, [string], CommandLine>({
  docs: {
    brief: 'Show a bulk operation and the results so far',
    fullDescription: 'Exit code: 0, or 1 where there is no such operation or the service does not answer.',
  },
  parameters: { flags: SERVICE_FLAGS, positional: ID },
  async func(flags, id) {
    const { stdout, stderr, env } = this.process
    const client = apiClient(flags, env)
    const items: ItemShown[] = []
    for (let after: string | undefined; ;) {
      const answer = await client.send({ path: pathOf(id), query: { limit: '1000', after } })
      if (!answer.ok) {
        stderr.write(`show an operation: ${printable(answer.message)}\n`)
        return this.end(1)
      }
      const page = answer.value as OperationShown & { readonly items: readonly ItemShown[]; readonly next?: string }
      items.push(...page.items)
      // A running operation always has a next page, which may be empty so far.
      if (page.next === undefined || page.items.length === 0) {
        const text = flags.json ? jsonText({ ...page, items }) : `${operationTable([page])}${itemTable(items)}`
        return void stdout.write(text)
      }
      after = page.next
    }
  },
})

interface CancelFlags extends ServiceFlags {
  readonly reason: string
  readonly operator?: string
}

const cancel = buildCommand<CancelFlags, [string], CommandLine>({
  docs: {
    brief: 'Cancel a bulk operation; what is done stays done',
    fullDescription: 'Exit code: 0, or 1 where it has ended, or the service does not answer.',
  },
  parameters: {
    flags: {
      ...SERVICE_FLAGS,
      reason: { kind: 'parsed', parse: String, brief: 'Why; recorded with the operation', placeholder: 'text' },
      operator: optionalText('Who; recorded with the operation. Default: the user of this shell', 'name'),
    },
    positional: ID,
  },
  async func(flags, id) {
    const { stdout, stderr, env } = this.process
    const { reason, operator = env['USER'] } = flags
    const answer = await apiClient(flags, env).send({
      method: 'DELETE',
      path: pathOf(id),
      headers: {
        'x-reason': encodeURIComponent(reason),
        ...(operator !== undefined && operator !== '' && { 'x-operator': encodeURIComponent(operator) }),
      },
    })
    if (!answer.ok) {
      stderr.write(`cancel an operation: ${printable(answer.message)}\n`)
      return this.end(1)
    }
    stdout.write(flags.json ? jsonText(answer.value) : operationTable([answer.value as OperationShown]))
  },
})

function pathOf(id: string): string {
  return `/operations/${encodeURIComponent(id)}`
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function jsonOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // said below
  }
  throw new Error(`read --body: found ${JSON.stringify(text.slice(0, 100))}, expected a JSON object`)
}

/** `batuta operations`: one action on many sagas of a running service, over HTTP. */
export const operations = buildRouteMap<'begin' | 'list' | 'show' | 'cancel', CommandLine>({
  routes: { begin, list, show, cancel },
  docs: { brief: 'Begin, show and cancel bulk operations of a running service' },
})
