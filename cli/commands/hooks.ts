import { readFile } from 'node:fs/promises'
import { buildCommand } from '@stricli/core'
import { describeProblem, problem } from '../../src/config/problem.ts'
import { examineConfiguration } from '../../src/config/examine-configuration.ts'
import type { ExaminedConfiguration } from '../../src/config/examine-configuration.ts'
import { hooksModule } from '../../src/config/hooks-module.ts'
import { decodeUtf8 } from '../../src/config/utf8.ts'
import { reasonOf } from '../../src/errors.ts'
import { USAGE_ERROR } from '../command-line.ts'
import type { CommandLine } from '../command-line.ts'
import { hookProblems } from './check/hook-problems.ts'

/** `batuta hooks`: prints an ES module with the hooks of a saga.json, for a bundle for the edge. */
export const hooks = buildCommand<Record<never, never>, [string], CommandLine>({
  docs: {
    brief: 'Print the hooks of a saga.json as an ES module, for the edge',
    fullDescription:
      'Prints an ES module that has the hooks of a saga.json by the hash of their sources. workerd evaluates no text: a ' +
      'bundle for it takes this module in place of "#hooks". Exit code: 0, 1 where the file has problems, 2 where it ' +
      'cannot be read.',
  },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'The file', placeholder: 'saga.json' }],
    },
  },
  async func(_, path) {
    const { stdout, stderr } = this.process
    let bytes: Uint8Array
    try {
      bytes = await readFile(path)
    } catch (thrown) {
      stderr.write(`read "${path}": ${reasonOf(thrown)}\n`)
      return this.end(USAGE_ERROR)
    }
    const { hooks: found, problems } = await examined(bytes)
    const all = [...problems, ...hookProblems(found)]
    for (const problem of all) stderr.write(`${describeProblem(problem)}\n`)
    if (all.length > 0) return this.end(1)
    stdout.write(hooksModule(found))
  },
})

async function examined(bytes: Uint8Array): Promise<Pick<ExaminedConfiguration, 'hooks' | 'problems'>> {
  const decoded = decodeUtf8(bytes)
  if (!decoded.ok) return { hooks: [], problems: [problem('text.encoding', { path: '', ...decoded })] }
  return examineConfiguration(decoded.text, { variable: () => undefined })
}
