import { readEnvironment } from '../../src/config/environment.ts'
import { examineConfiguration } from '../../src/config/examine-configuration.ts'
import { INSPECTORS } from '../../src/config/inspectors.ts'
import { describeProblem, type Mismatch } from '../../src/config/problem.ts'
import { exampleFile } from './example-file.ts'
import type { Example } from './examples.ts'
import { writeValue, type Tree } from './write-value.ts'

/** An example as the page shows it. */
export interface ShownExample {
  /** Lines: what is written, and where. */
  readonly written: readonly string[]
  /** The reports, of all codes; empty where only a running host finds it. */
  readonly reported: readonly ReportedMismatch[]
}

interface ReportedMismatch extends Mismatch {
  readonly code: string
}

/** Runs an example through the product. */
export async function showExample(example: Example): Promise<ShownExample> {
  if ('situation' in example) return { written: [example.situation], reported: [] }
  if ('variables' in example) return ofVariables(example.variables)
  if ('text' in example) return { written: [example.text], reported: await reportsOf(example.text) }
  const written = Object.entries(example.set).map(([path, value]) => writtenAt(path, value))
  return { written, reported: await reportsOf(JSON.stringify(withValues(example.set), null, 2)) }
}

function ofVariables(variables: Readonly<Record<string, string>>): ShownExample {
  const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  const base = set.length === 0 ? {} : { CONFIGURATIONS_FILE_PATH: 'saga.json' }
  const read = readEnvironment({ ...base, ...variables })
  return {
    written: set.length === 0 ? ['no variable is set'] : set,
    reported: read.ok ? read.warnings : read.problems,
  }
}

async function reportsOf(text: string): Promise<readonly ReportedMismatch[]> {
  const examined = await examineConfiguration(text, { variable: () => undefined }, { inspectors: INSPECTORS })
  return [...examined.problems, ...examined.findings, ...examined.unresolved]
}

function writtenAt(path: string, value: unknown): string {
  return value === undefined ? `${path} left out` : `${path}: ${spaced(value)}`
}

/** JSON on one line, with blanks as people write it. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${spaced(inner)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

function withValues(values: Readonly<Record<string, unknown>>): Tree {
  const file: Tree = exampleFile()
  for (const [path, value] of Object.entries(values)) writeValue(file, path, value)
  return file
}

/** A report without its position, which depends on the rest of the file. */
export function describeReported({ path, found, expected }: Mismatch): string {
  return describeProblem({ path, found, expected })
}
