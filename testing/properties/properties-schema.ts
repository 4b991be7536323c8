import * as v from 'valibot'
import { noArray, object } from '../../src/config/schema-parts.ts'

/** The only statement about all sagas. */
export const EVENTUALLY_FINAL = 'eventually final'

const A_TERM = 'a term, such as "charged", "not shipped" or "takePayment twice"'
const TERMS = 'a list of terms that must not hold together, such as ["charged", "not shipped"]'
const NEVER = 'a list of lists of terms, such as [["charged", "not shipped"]]'
const ALWAYS = `a list of "${EVENTUALLY_FINAL}"`

/** A properties file, its terms not yet read. */
export interface PropertiesFile {
  readonly $schema?: string | undefined
  readonly never?: readonly (readonly string[])[] | undefined
  readonly always?: readonly string[] | undefined
}

const TERM: v.GenericSchema<unknown, string> = v.pipe(v.string(A_TERM), v.nonEmpty(A_TERM))

const FILE = object({
  $schema: v.optional(v.string('a string')),
  never: v.optional(v.array(v.pipe(v.array(TERM, TERMS), v.minLength(1, TERMS)), NEVER)),
  always: v.optional(v.array(v.literal(EVENTUALLY_FINAL, `"${EVENTUALLY_FINAL}"`), ALWAYS)),
})
/** Keys of the file. Unknown ones are reported by `readProperties`, with the nearest known key. */
export const PROPERTIES_FILE_KEYS: readonly string[] = Object.keys(FILE.entries)

/** The shape of a properties file. */
export const PROPERTIES_FILE: v.GenericSchema<unknown, PropertiesFile> = noArray(FILE)
