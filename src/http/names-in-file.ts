import { idsIn } from './unknown-names.ts'
import type { ShownConfiguration } from './unknown-names.ts'

/** The names that saga.json has: a stored saga may need others, of a file before it (P11). */
export interface NamesInFile {
  readonly hasState: (name: string) => boolean
  readonly hasChannel: (name: string) => boolean
}

/** Reads the names from what `GET /machine-definition` and `GET /configuration` show; where they show none, every name is known. */
export function namesInFile(shown: ShownConfiguration): NamesInFile {
  return {
    hasState: isIn(() => idsIn(shown.machine, 'states')),
    hasChannel: isIn(() => idsIn(shown.configuration, 'communicationProtocols')),
  }
}

function isIn(read: () => readonly string[]): (name: string) => boolean {
  let names: ReadonlySet<string> | undefined
  return (name) => {
    names ??= new Set(read())
    return names.size === 0 || names.has(name)
  }
}
