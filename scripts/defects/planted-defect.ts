import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** Folder of the patches, in the working directory: the root of the clone. */
const FOLDER = 'test/simulation/defects'

/** A mistake that an engineer could make, as a patch of the sources. */
export interface PlantedDefect {
  readonly name: string
  /** The rule that it breaks: the checker must name it. */
  readonly rule: string
  /** The mistake, as a sentence. */
  readonly mistake: string
  /** Path of the patch. */
  readonly path: string
}

/** All planted defects, by their names. */
export function plantedDefects(): readonly PlantedDefect[] {
  return globSync(`${FOLDER}/*.patch`)
    .toSorted()
    .map((path) => readDefect(path, readFileSync(path, 'utf8')))
}

/** Two lines of words stand before the patch: `rule: I4`, and the mistake. Throws where they are missing. */
export function readDefect(path: string, text: string): PlantedDefect {
  const [, rule, mistake] = HEAD.exec(text) ?? []
  if (rule === undefined || mistake === undefined)
    throw new Error(`read the defect "${path}": expected a line "rule: I4", a line with the mistake, then the patch`)
  return { name: basename(path, '.patch'), rule, mistake, path }
}

const HEAD = /^rule: ([A-Z]\d+(?:\.\d+)?)\n(\S.*)\n\ndiff --git /
