import { readFile } from 'node:fs/promises'
import type { Configuration } from '../../src/config/examine-configuration.ts'
import { reasonOf } from '../../src/errors.ts'
import { compile } from '../../src/machine/compile.ts'
import type { Machine } from '../../src/machine/compile.ts'
import type { CommandLine } from '../command-line.ts'
import { formatText } from '../commands/check/format-text.ts'
import { inspectConfiguration } from '../commands/check/inspect.ts'

/** A saga.json that `batuta check` finds no error in, or a text for stderr that says what it found. */
export type CheckedConfiguration =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly text: string }

/** Reads and checks a saga.json as `batuta check` does. Warnings are not shown. */
export async function checkedConfiguration(
  path: string,
  env: CommandLine['process']['env'],
): Promise<CheckedConfiguration> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (thrown) {
    return { ok: false, text: `read "${path}": ${reasonOf(thrown)}\n` }
  }
  const sources = { readFile: (file: string) => readFile(file), variable: (name: string) => env[name] }
  const { reports, configuration } = await inspectConfiguration(bytes, { strict: false, sources })
  const errors = reports.filter(({ level }) => level === 'error')
  if (configuration !== undefined && errors.length === 0) return { ok: true, configuration }
  return { ok: false, text: formatText([{ path, reports: errors }], false) }
}

/** The machine of a configuration, to look at its states: no event is decided, so no hook is called. */
export function machineToRead({ machine, settings, linearPatterns }: Configuration): Machine {
  return compile(machine, {
    merge: (metadata) => metadata,
    leaseOf: () => 0,
    hookOf: () => () => undefined,
    isLinearPattern: (source) => linearPatterns.has(source),
    movedStates: settings.movedStates,
  })
}
