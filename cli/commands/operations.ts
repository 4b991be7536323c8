import { buildCommand, buildRouteMap } from '@stricli/core'
import type { CommandLine } from '../command-line.ts'
import { failureText } from '../service/api-client.ts'
import { AUTHOR_FLAGS, authorHeaders } from '../service/operator-flags.ts'
import type { AuthorFlags } from '../service/operator-flags.ts'
import { SERVICE_FLAGS, apiClient } from '../service/service-flags.ts'
import type { ServiceFlags } from '../service/service-flags.ts'
import { begin } from './operations/begin.ts'
import { itemTable, jsonText, operationTable } from './operations/operation-row.ts'
import type { ItemShown, OperationShown } from './operations/operation-row.ts'

const list = buildCommand<ServiceFlags, [], CommandLine>({
  docs: {
    brief: 'List bulk operations, newest first',
    fullDescription: 'Exit code: 0, or 1 where the service refuses.',
  },
  parameters: { flags: SERVICE_FLAGS },
  async func(flags) {
    const { stdout, stderr } = this.process
    const answer = await apiClient(flags, this.process).send({ path: '/operations', query: { limit: '1000' } })
    if (!answer.ok) {
      stderr.write(`list operations: ${failureText(answer)}\n`)
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
    const { stdout, stderr } = this.process
    const client = apiClient(flags, this.process)
    const items: ItemShown[] = []
    for (let after: string | undefined; ;) {
      const answer = await client.send({ path: pathOf(id), query: { limit: '1000', after } })
      if (!answer.ok) {
        stderr.write(`show an operation: ${failureText(answer)}\n`)
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

const cancel = buildCommand<AuthorFlags, [string], CommandLine>({
  docs: {
    brief: 'Cancel a bulk operation; what is done stays done',
    fullDescription: 'Exit code: 0, or 1 where it has ended, or the service does not answer.',
  },
  parameters: {
    flags: AUTHOR_FLAGS,
    positional: ID,
  },
  async func(flags, id) {
    const { stdout, stderr, env } = this.process
    const answer = await apiClient(flags, this.process).send({
      method: 'DELETE',
      path: pathOf(id),
      headers: authorHeaders(flags, env),
    })
    if (!answer.ok) {
      stderr.write(`cancel an operation: ${failureText(answer)}\n`)
      return this.end(1)
    }
    stdout.write(flags.json ? jsonText(answer.value) : operationTable([answer.value as OperationShown]))
  },
})

function pathOf(id: string): string {
  return `/operations/${encodeURIComponent(id)}`
}

/** `batuta operations`: one action on many sagas of a running service, over HTTP. */
export const operations = buildRouteMap<'begin' | 'list' | 'show' | 'cancel', CommandLine>({
  routes: { begin, list, show, cancel },
  docs: { brief: 'Begin, show and cancel bulk operations of a running service' },
})
