import { USAGE_ERROR } from '../../command-line.ts'
import type { CommandLine } from '../../command-line.ts'
import type { ServiceRequest } from '../../service/api-client.ts'
import { confirm } from '../../service/confirm.ts'
import { authorHeaders } from '../../service/operator-flags.ts'
import type { ChangeFlags } from '../../service/operator-flags.ts'
import { apiClient } from '../../service/service-flags.ts'
import { areDone, formatResults, jsonResults } from './action-results.ts'
import type { ActionResult } from './action-results.ts'

/** One request of a command, without the parts that all have. */
export interface ChangeRequest extends Omit<ServiceRequest, 'headers'> {
  /** Of its row: the saga, or a part of it. */
  readonly id: string
  readonly saga: string
}

/** The requests of one command, and its words. */
export interface Changes {
  /** The name of the action, for the question and the messages. */
  readonly action: string
  /** The things that are changed, such as `this saga`. */
  readonly object: string
  readonly requests: readonly ChangeRequest[]
}

/**
 * Carries out requests one after the other: a dry run first, which is shown, then the question, then the changes. Without a terminal
 * to ask, and without `--yes` or `--dry-run`, nothing is changed and the code is 2.
 */
export async function runChanges(line: CommandLine, flags: ChangeFlags, changes: Changes): Promise<void> {
  const { stdout, stderr, env } = line.process
  const client = apiClient(flags, line.process)
  const send = async (dryRun: 'true' | undefined): Promise<readonly ActionResult[]> => {
    const results: ActionResult[] = []
    for (const { id, saga, query, ...request } of changes.requests) {
      const headers = authorHeaders(flags, env)
      results.push({ id, saga, answer: await client.send({ ...request, query: { ...query, dryRun }, headers }) })
    }
    return results
  }
  const print = (results: readonly ActionResult[]): void => {
    stdout.write(flags.json ? jsonResults(results) : formatResults(results))
    line.end(areDone(results) ? 0 : 1)
  }
  if (flags.yes && !flags.dryRun) return print(await send(undefined))
  const planned = await send('true')
  if (flags.dryRun || planned.every(({ answer }) => !answer.ok)) return print(planned)
  stderr.write(formatResults(planned))
  const { action, object } = changes
  const answer = await confirm(`${action} ${object}?`)
  if (answer === true) return print(await send(undefined))
  if (answer === false) stderr.write(`${action}: nothing was changed\n`)
  else stderr.write(`${action}: there is no terminal to ask, so nothing was changed; expected --yes or --dry-run\n`)
  line.end(answer === undefined ? USAGE_ERROR : 1)
}
