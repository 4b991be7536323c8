import { globSync } from 'node:fs'

/** Paths of the saga.json files of the examples. */
export function exampleFiles(): readonly string[] {
  return globSync('examples/*/*saga.json').toSorted()
}
