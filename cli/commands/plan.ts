import { buildCommand } from '@stricli/core'
import { USAGE_ERROR } from '../command-line.ts'
import type { CommandLine } from '../command-line.ts'
import { failureText } from '../service/api-client.ts'
import { checkedConfiguration } from '../service/checked-configuration.ts'
import { SERVICE_FLAGS, apiClient } from '../service/service-flags.ts'
import type { ServiceFlags } from '../service/service-flags.ts'
import type { DeployPlan } from './plan/deploy-plan.ts'
import { formatPlan } from './plan/format-plan.ts'
import { planDeploy, surveyService } from './plan/plan-deploy.ts'

/** `batuta plan`: what a deploy of a changed saga.json means for the sagas that live. */
export const plan = buildCommand<ServiceFlags, [string, string], CommandLine>({
  docs: {
    brief: 'Show what a deploy of a changed saga.json means for live sagas',
    fullDescription: [
      'Compares two files: states, transitions, commands, timeouts, schemas, channels, settings. Both are checked first, as batuta check does.',
      'Names the states whose sagas would be stranded, the events that would not move them any more, commands for a channel that goes,',
      'and the settings.movedStates that would save them. Descriptions of states and secrets are not compared.',
      'With --url it asks the service that runs the old file for the numbers of its sagas, and for parked events that would be lost.',
      'It changes nothing. Numbers are those of now: a saga may move before the deploy.',
      'Exit code: 0 where no saga would be stranded, 1 where one would be (without --url: could be), 2 where a file or the service cannot be read.',
    ].join('\n'),
  },
  parameters: {
    flags: {
      ...SERVICE_FLAGS,
      url: { ...SERVICE_FLAGS.url, brief: 'The service whose sagas are counted, with its base path. Default: none' },
    },
    positional: {
      kind: 'tuple',
      parameters: [
        { parse: String, brief: 'The file that runs', placeholder: 'old.json' },
        { parse: String, brief: 'The file to be deployed', placeholder: 'new.json' },
      ],
    },
  },
  async func(flags, old, changed) {
    const { stdout, stderr, env } = this.process
    const [before, after] = [await checkedConfiguration(old, env), await checkedConfiguration(changed, env)]
    if (!before.ok || !after.ok) {
      for (const file of [before, after]) if (!file.ok) stderr.write(file.text)
      return this.end(USAGE_ERROR)
    }
    const files = { before: before.configuration, after: after.configuration }
    const surveyed = flags.url && (await surveyService(apiClient(flags, this.process), shownUrl(flags.url), files))
    if (surveyed !== undefined && 'ok' in surveyed) {
      stderr.write(`plan a deploy: ${failureText(surveyed)}\n`)
      return this.end(USAGE_ERROR)
    }
    const made: DeployPlan = { old, new: changed, ...planDeploy(files, surveyed) }
    stdout.write(flags.json ? `${JSON.stringify({ version: 1, ...made }, undefined, 2)}\n` : formatPlan(made))
    this.end(made.isSafe ? 0 : 1)
  },
})

/** Without user, password and query. */
function shownUrl({ origin, pathname }: URL): string {
  return origin + pathname.replace(/\/$/, '')
}
