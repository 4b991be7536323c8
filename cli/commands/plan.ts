import { buildCommand } from '@stricli/core'
import { USAGE_ERROR } from '../command-line.ts'
import type { CommandLine } from '../command-line.ts'
import { failureText } from '../service/api-client.ts'
import type { ServiceFailure } from '../service/api-client.ts'
import { checkedConfiguration } from '../service/checked-configuration.ts'
import { SERVICE_FLAGS } from '../service/service-flags.ts'
import type { DeployPlan } from './plan/deploy-plan.ts'
import { formatPlan } from './plan/format-plan.ts'
import type { LiveSource } from './plan/live-source.ts'
import { openLive } from './plan/open-live.ts'
import type { LiveFlags } from './plan/open-live.ts'
import { planDeploy, surveyService } from './plan/plan-deploy.ts'
import type { FilePair, PlannedFiles } from './plan/plan-deploy.ts'
import { withSagaIds } from './plan/saga-ids.ts'

interface PlanFlags extends LiveFlags {
  readonly ids: number
}

/** `batuta plan`: what a deploy of a changed saga.json means for the sagas that live. */
export const plan = buildCommand<PlanFlags, [string, string], CommandLine>({
  docs: {
    brief: 'Show what a deploy of a changed saga.json means for live sagas',
    fullDescription: [
      'Compares two files: states, transitions, commands, timeouts, schemas, channels, settings. Both are checked first, as batuta check does.',
      'Names the states whose sagas would be stranded, the events that would not move them any more, commands for a channel that goes,',
      'and the settings.movedStates that would save them. Descriptions of states and secrets are not compared.',
      'With --url it asks the service that runs the old file for its sagas: how many would be stranded, which, and parked events that',
      'would be lost. --store reads them from a SQLite file, its folder, or the store of a saga.json, also beside the service.',
      'It changes nothing. Numbers are those of now: a saga may move before the deploy.',
      'Exit code: 0 where no saga would be stranded, 1 where one would be (without --url and --store: could be), 2 where a file, the',
      'service or the store cannot be read.',
    ].join('\n'),
  },
  parameters: {
    flags: {
      ...SERVICE_FLAGS,
      url: { ...SERVICE_FLAGS.url, brief: 'The service whose sagas are counted, with its base path. Default: none' },
      store: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: 'The store whose sagas are counted: a file, a folder or a saga.json',
        placeholder: 'place',
      },
      ids: {
        kind: 'parsed',
        parse: numberOf,
        default: '3',
        brief: 'Most ids of sagas that are shown for each change that strands them',
        placeholder: 'number',
      },
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
    const opened = await openLive(flags, this.process)
    if (!opened.ok) {
      stderr.write(opened.text)
      return this.end(USAGE_ERROR)
    }
    const planned = await planFor(files, opened.source, flags.ids)
    if ('ok' in planned) {
      stderr.write(`plan a deploy: ${failureText(planned)}\n`)
      return this.end(USAGE_ERROR)
    }
    const made: DeployPlan = { old, new: changed, ...planned }
    stdout.write(flags.json ? `${JSON.stringify({ version: 1, ...made }, undefined, 2)}\n` : formatPlan(made))
    this.end(made.isSafe ? 0 : 1)
  },
})

/** The plan for the sagas of a place, or for all that could be where there is none. Closes the place. */
async function planFor(
  files: FilePair,
  source: LiveSource | undefined,
  ids: number,
): Promise<PlannedFiles | ServiceFailure> {
  if (source === undefined) return planDeploy(files)
  try {
    const surveyed = await surveyService(source, files)
    return 'ok' in surveyed ? surveyed : await withSagaIds(planDeploy(files, surveyed), source, ids)
  } finally {
    await source.close()
  }
}

function numberOf(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`read --ids: found ${JSON.stringify(text)}, expected a whole number from 1`)
}
