import process from 'node:process'
import { buildApplication, buildCommand } from '@stricli/core'
import type { CommandLine } from '../command-line.ts'
import { execute, TEXT } from '../command-line.ts'
import { demonstrate } from './demonstrate.ts'
import type { DemoOptions } from './demonstrate.ts'
import type { DemoStage } from './stage.ts'

/** What one demonstration has of its own. */
export interface DemoCommand {
  /** How it is called. */
  readonly name: string
  readonly brief: string
  readonly fullDescription: string
  /** How many, unless somebody wants another number. */
  readonly sagas: number
  readonly open: (atOnce: number) => Promise<DemoStage>
}

/** Runs a demonstration with this process's arguments, to its exit code. */
export function runDemo({ name, brief, fullDescription, sagas, open }: DemoCommand): Promise<number> {
  const demo = buildCommand<DemoOptions, [], CommandLine>({
    docs: { brief, fullDescription },
    parameters: {
      flags: {
        sagas: { kind: 'parsed', parse: whole, default: String(sagas), placeholder: 'N', brief: 'How many sagas' },
        atOnce: { kind: 'parsed', parse: whole, default: '32', placeholder: 'N', brief: 'How many of them at once' },
        keep: { kind: 'boolean', default: false, withNegated: false, brief: 'Leave it running until Ctrl-C' },
      },
    },
    async func(wishes) {
      this.end(await demonstrate(wishes, name, open))
    },
  })
  const application = buildApplication(demo, {
    name,
    scanner: { caseStyle: 'allow-kebab-for-camel' },
    localization: { text: TEXT },
  })
  return execute(application, process.argv.slice(2))
}

function whole(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`found "${text}", expected a whole number above zero`)
}
