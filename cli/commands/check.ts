import { readFile } from 'node:fs/promises'
import { buildCommand } from '@stricli/core'
import { reasonOf } from '../../src/errors.ts'
import { USAGE_ERROR } from '../command-line.ts'
import type { CommandLine } from '../command-line.ts'
import { inspect } from './check/inspect.ts'

interface CheckFlags {
  readonly strict: boolean
}

/** `batuta check`: prints every problem and warning of a saga.json to stdout. */
export const check = buildCommand<CheckFlags, [string], CommandLine>({
  docs: {
    brief: 'Print every problem of a saga.json',
    fullDescription:
      'Prints every problem of a saga.json, one a line, then every warning. Exit code: 0 without problems, 1 with some, ' +
      '2 where the file cannot be read. A secret that is missing on this machine is a warning, since the orchestrator may ' +
      'run elsewhere.',
  },
  parameters: {
    flags: {
      strict: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'Report every warning about the file as a problem',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'The file to check', placeholder: 'saga.json' }],
    },
  },
  async func({ strict }, path) {
    const { stdout, stderr, env } = this.process
    let bytes: Uint8Array
    try {
      bytes = await readFile(path)
    } catch (thrown) {
      stderr.write(`check "${path}": ${reasonOf(thrown)}\n`)
      return this.end(USAGE_ERROR)
    }
    const sources = { readFile: (file: string) => readFile(file), variable: (name: string) => env[name] }
    const { problems, warnings } = await inspect(bytes, { strict, sources })
    for (const problem of problems) stdout.write(`${problem}\n`)
    for (const warning of warnings) stdout.write(`warning: ${warning}\n`)
    stdout.write(`${path}: ${count(problems.length, 'problem')}, ${count(warnings.length, 'warning')}\n`)
    this.end(problems.length > 0 ? 1 : 0)
  },
})

function count(number: number, what: string): string {
  return `${number === 0 ? 'no' : number} ${what}${number === 1 ? '' : 's'}`
}
