import { readFileSync } from 'node:fs'
import { Instrumenter } from '@stryker-mutator/instrumenter'
import type { Logger } from '@stryker-mutator/api/logging'
import { mutantOf } from './mutant.ts'
import type { Mutant } from './mutant.ts'

/** Sources that hold all their mutants, each behind its number. */
export interface Instrumented {
  /** Text by path. */
  readonly sources: ReadonlyMap<string, string>
  /** By number. */
  readonly mutants: ReadonlyMap<string, Mutant>
}

const say = () => undefined
const isOn = () => false
/** Stryker's instrumenter asks for one, and has nothing to say that its result does not show. */
const SILENT: Logger = {
  isTraceEnabled: isOn,
  isDebugEnabled: isOn,
  isInfoEnabled: isOn,
  isWarnEnabled: isOn,
  isErrorEnabled: isOn,
  isFatalEnabled: isOn,
  trace: say,
  debug: say,
  info: say,
  warn: say,
  error: say,
  fatal: say,
}

/** Stryker's operators on files of the clone. The file itself is only read. */
export async function instrument(paths: readonly string[]): Promise<Instrumented> {
  const texts = new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]))
  const files = [...texts].map(([name, content]) => ({ name, content, mutate: true }))
  const options = { plugins: null, excludedMutations: [], ignorers: [] }
  const result = await new Instrumenter(SILENT).instrument(files, options)
  const mutants = result.mutants.map(({ id, fileName, location, replacement }) => {
    return [id, mutantOf(fileName, texts.get(fileName) ?? '', { ...location, text: replacement })] as const
  })
  const sources = result.files.map(({ name, content }) => [name, withQuietRuns(content)] as const)
  return { sources: new Map(sources), mutants: new Map(mutants) }
}

const COUNTING = 'var c = cov.static;'

/** Visits are counted in the first run of a test alone: they take half of the time of every other one. */
function withQuietRuns(content: string): string {
  if (content.includes('function cover()') && !content.includes(COUNTING))
    throw new TypeError(
      `switch off the counts of visits: found another helper of Stryker's, expected "${COUNTING}" in it`,
    )
  return content.replace(COUNTING, `if (ns.isQuiet) return;\n    ${COUNTING}`)
}
