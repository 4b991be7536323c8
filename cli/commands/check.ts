import { readFile } from 'node:fs/promises'
import { buildCommand } from '@stricli/core'
import { reasonOf } from '../../src/errors.ts'
import { USAGE_ERROR } from '../command-line.ts'
import type { CommandLine } from '../command-line.ts'
import { inspect } from './check/inspect.ts'

interface CheckFlags {
  readonly strict: boolean
}

/** Looks at a saga.json and says everything that is wrong with it. Its lines go to stdout: they are what was asked for. */
export const check = buildCommand<CheckFlags, [string], CommandLine>({
  docs: {
    brief: 'Say everything that is wrong with a saga.json',
    fullDescription:
      'Says every problem of a saga.json at once, one a line, then every warning. Ends with 0 where there is no problem, ' +
      '1 where there are some, 2 where the file cannot be read. A secret that is not to be found on this machine is a ' +
      'warning: it need not be here, but where the orchestrator starts.',
  },
  parameters: {
    flags: {
      strict: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'Every warning about the file is a problem too',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'The configuration', placeholder: 'saga.json' }],
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
