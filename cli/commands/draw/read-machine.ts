import { readFile } from 'node:fs/promises'
import { describeProblem, problem } from '../../../src/config/problem.ts'
import { examineConfiguration, type Configuration } from '../../../src/config/examine-configuration.ts'
import { decodeUtf8 } from '../../../src/config/utf8.ts'
import { reasonOf } from '../../../src/errors.ts'
import { USAGE_ERROR } from '../../command-line.ts'

/** A saga.json that can be drawn, or the lines that say why it cannot, with the exit code. */
export type ReadMachine =
  | { readonly configuration: Configuration }
  | { readonly lines: readonly string[]; readonly code: number }

/** Reads a saga.json. A secret that this machine lacks does no harm to a picture. */
export async function readMachine(path: string): Promise<ReadMachine> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (thrown) {
    return { lines: [`read "${path}": ${reasonOf(thrown)}`], code: USAGE_ERROR }
  }
  const decoded = decodeUtf8(bytes)
  if (!decoded.ok) return { lines: [describeProblem(problem('text.encoding', { path: '', ...decoded }))], code: 1 }
  const { configuration, problems } = await examineConfiguration(decoded.text, { variable: () => undefined })
  if (configuration !== undefined) return { configuration }
  return { lines: problems.map((one) => describeProblem(one)), code: 1 }
}
