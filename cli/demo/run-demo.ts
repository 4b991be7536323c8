import process from 'node:process'
import { buildApplication, buildCommand } from '@stricli/core'
import type { CommandLine } from '../command-line.ts'
import { execute, TEXT } from '../command-line.ts'
import { demonstrate } from './demonstrate.ts'
import type { DemoOptions } from './demonstrate.ts'
import type { DemoStage } from './stage.ts'

/** The differences between the demonstrations. */
export interface DemoCommand {
  /** The command line that starts it. */
  readonly name: string
  readonly brief: string
  readonly fullDescription: string
  /** Default of `--sagas`. */
  readonly sagas: number
  readonly open: (atOnce: number) => Promise<DemoStage>
}

/** Runs a demonstration with the arguments of this process. Resolves with the exit code. */
export function runDemo({ name, brief, fullDescription, sagas, open }: DemoCommand): Promise<number> {
  const demo = buildCommand<DemoOptions, [], CommandLine>({
    docs: { brief, fullDescription },
    parameters: {
      flags: {
        sagas: {
          kind: 'parsed',
          parse: positiveInteger,
          default: String(sagas),
          placeholder: 'N',
          brief: 'Number of sagas',
        },
        atOnce: {
          kind: 'parsed',
          parse: positiveInteger,
          default: '32',
          placeholder: 'N',
          brief: 'Number of sagas at once',
        },
        keep: { kind: 'boolean', default: false, withNegated: false, brief: 'Keep it running until Ctrl-C' },
      },
    },
    async func(options) {
      this.end(await demonstrate(options, name, open))
    },
  })
  const application = buildApplication(demo, {
    name,
    scanner: { caseStyle: 'allow-kebab-for-camel' },
    localization: { text: TEXT },
  })
  return execute(application, process.argv.slice(2))
}

function positiveInteger(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`found "${text}", expected a whole number above zero`)
}
