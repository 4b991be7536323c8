import type { Finding } from './finding.ts'
import type { JsonObject } from './json-tree.ts'
import type { Problem } from './problem.ts'

/** A file under inspection, and what is known of it already. */
export interface InspectedFile {
  /** The file as written; its secrets are not resolved. */
  readonly file: JsonObject
  /** Problems found so far. An inspector leaves out parts of the file that have some. */
  readonly problems: readonly Problem[]
}

/**
 * An additional look at a file, by `batuta check` alone. Positions follow from paths, unless a finding or problem brings its own.
 */
export type Inspector = (inspected: InspectedFile) => Inspected | Promise<Inspected>

/** The result of an inspector. */
export interface Inspected {
  readonly problems: readonly Problem[]
  readonly findings: readonly Finding[]
}
