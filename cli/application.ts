import { buildApplication, buildRouteMap } from '@stricli/core'
import type { Application } from '@stricli/core'
import { NAME, VERSION } from '../src/version.ts'
import { TEXT } from './command-line.ts'
import type { CommandLine } from './command-line.ts'
import { channels } from './commands/channels.ts'
import { check } from './commands/check.ts'
import { dev } from './commands/dev.ts'
import { draw } from './commands/draw.ts'
import { hooks } from './commands/hooks.ts'
import { operations } from './commands/operations.ts'
import { plan } from './commands/plan.ts'
import { replay } from './commands/replay.ts'
import { sagas } from './commands/sagas.ts'
import { simulate } from './commands/simulate.ts'
import { start } from './commands/start.ts'
import { takeover } from './commands/takeover.ts'
import { verify } from './commands/verify.ts'

const root = buildRouteMap<
  | 'start'
  | 'check'
  | 'plan'
  | 'replay'
  | 'simulate'
  | 'draw'
  | 'dev'
  | 'hooks'
  | 'takeover'
  | 'sagas'
  | 'channels'
  | 'operations'
  | 'verify',
  CommandLine
>({
  routes: { start, check, plan, replay, simulate, draw, dev, hooks, takeover, sagas, channels, operations, verify },
  docs: { brief: 'Batuta, a saga orchestrator: one JSON state machine leads a distributed transaction' },
})

/** The command `batuta`. A new command is a file in `commands/` and an entry in `routes`. */
export const batuta: Application<CommandLine> = buildApplication(root, {
  name: NAME,
  versionInfo: { currentVersion: VERSION },
  scanner: { caseStyle: 'allow-kebab-for-camel' },
  localization: { text: TEXT },
})
