import { buildCommand } from '@stricli/core'
import { messageOf } from '../../../src/errors.ts'
import { USAGE_ERROR } from '../../command-line.ts'
import type { CommandLine } from '../../command-line.ts'
import { failureText } from '../../service/api-client.ts'
import type { ServiceAnswer, ServiceFailure } from '../../service/api-client.ts'
import { confirm } from '../../service/confirm.ts'
import { FILTER_FLAGS } from '../../service/filter-flags.ts'
import { jsonFlag } from '../../service/json-flag.ts'
import { authorHeaders, CHANGE_FLAGS } from '../../service/operator-flags.ts'
import type { ChangeFlags } from '../../service/operator-flags.ts'
import { apiClient } from '../../service/service-flags.ts'
import { BULK_ACTIONS, bodyText } from './begin-body.ts'
import type { BodyFlags } from './begin-body.ts'
import { itemTable, jsonText, operationTable } from './operation-row.ts'
import type { ItemShown, OperationShown } from './operation-row.ts'

interface BeginFlags extends Omit<ChangeFlags, 'reason'>, BodyFlags {
  readonly reason?: string
}

interface Preview {
  readonly matches: number
  readonly isComplete: boolean
  readonly items: readonly ItemShown[]
}

const text = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: String, optional: true, brief, placeholder }) as const
const flag = (brief: string) => ({ kind: 'boolean', default: false, withNegated: false, brief }) as const

/** `batuta operations begin`: one action on every saga of a filter. */
export const begin = buildCommand<BeginFlags, [], CommandLine>({
  docs: {
    brief: 'Carry out one action on every saga of a filter',
    fullDescription: [
      'A dry run comes first and is shown, then the command asks; --yes leaves both out.',
      'The action is --action with its arguments, its sagas are those of the filters, which are those of `batuta sagas list`.',
      `--body gives both as in POST /operations: '{"action":"redeliver","filter":{"has":"dead-letters"}}'.`,
      'Exit code: 0 where the operation is begun, 1 where it is not, 2 where the command line is invalid.',
    ].join('\n'),
  },
  parameters: {
    flags: {
      ...CHANGE_FLAGS,
      reason: text('Why; recorded with each saga. Required, unless --body has it', 'text'),
      ...FILTER_FLAGS,
      all: flag('Every saga of the store'),
      action: { kind: 'enum', values: BULK_ACTIONS, optional: true, brief: 'The action' },
      to: text('move, cancel: the state that the sagas enter', 'state'),
      command: { kind: 'boolean', optional: true, brief: 'move: send the command and the side effects of the state' },
      merge: {
        kind: 'parsed',
        parse: jsonFlag('merge'),
        optional: true,
        brief: 'patch-metadata: JSON merge patch',
        placeholder: 'json',
      },
      onlyChannel: text('redeliver: only commands of this channel', 'channel'),
      cancelled: flag('redeliver: commands that an operator cancelled too'),
      rate: { kind: 'parsed', parse: rateOf, optional: true, brief: 'Most sagas a second', placeholder: 'number' },
      body: {
        kind: 'parsed',
        parse: jsonFlag('body'),
        optional: true,
        brief: 'Action and filter as JSON',
        placeholder: 'json',
      },
    },
  },
  async func(flags) {
    const { stdout, stderr, env } = this.process
    const client = apiClient(flags, this.process)
    const headers = authorHeaders(flags, env)
    const post = (dryRun: boolean): Promise<ServiceAnswer> =>
      client.send({ method: 'POST', path: '/operations', headers, body: bodyText(flags, dryRun) })
    const refused = (failure: ServiceFailure): void => {
      stderr.write(`begin an operation: ${failureText(failure)}\n`)
      this.end(1)
    }
    try {
      bodyText(flags, true)
    } catch (thrown) {
      stderr.write(`begin an operation: ${messageOf(thrown)}\n`)
      return this.end(USAGE_ERROR)
    }
    const isDry = flags.dryRun || flags.body?.value['dryRun'] === true
    if (isDry || !flags.yes) {
      const answer = await post(true)
      if (!answer.ok) return refused(answer)
      const preview = answer.value as Preview
      if (isDry) return void stdout.write(flags.json ? jsonText(preview) : formatPreview(preview))
      stderr.write(formatPreview(preview))
      const isWanted = await confirm('begin this operation?')
      if (isWanted === false) stderr.write('begin an operation: nothing was begun\n')
      if (isWanted === undefined) stderr.write(NO_TERMINAL)
      if (isWanted !== true) return this.end(isWanted === undefined ? USAGE_ERROR : 1)
    }
    const answer = await post(false)
    if (!answer.ok) return refused(answer)
    stdout.write(flags.json ? jsonText(answer.value) : operationTable([answer.value as OperationShown]))
  },
})

const NO_TERMINAL =
  'begin an operation: there is no terminal to ask, so nothing was begun; expected --yes or --dry-run\n'

function formatPreview({ matches, isComplete, items }: Preview): string {
  return `${itemTable(items)}${isComplete ? '' : 'more than '}${matches} sagas match\n`
}

function rateOf(given: string): number {
  const rate = Number(given)
  if (Number.isSafeInteger(rate) && rate > 0) return rate
  throw new Error(`read --rate: found ${JSON.stringify(given)}, expected a whole number from 1`)
}
