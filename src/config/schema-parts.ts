import * as v from 'valibot'
import { isReference, Secret } from './secret.ts'
import { isObject } from './json-tree.ts'

/*
 * The parts that the schemas of the file are made of. A schema's `message` is the `expected` of a problem (C1.2), and
 * what may look in several ways is a `lazy` that chooses by the look: then a problem speaks of the way that was meant.
 */

type Message = (issue: v.ObjectIssue) => string

const NO_OBJECT = v.never('an object')

/** An object whose missing key is described by the schema of that key. */
export function object<const Entries extends v.ObjectEntries>(
  entries: Entries,
  expected = 'an object',
): v.ObjectSchema<Entries, Message> {
  return v.object(entries, (issue) => {
    const entry = issue.path === undefined ? undefined : entries[String(issue.path[0].key)]
    return (entry && v.safeParse(entry, undefined).issues?.[0].message) ?? expected
  })
}

/** Valibot takes an array for an object; a configuration must not. */
export function noArray<const Schema extends v.GenericSchema>(
  schema: Schema,
  expected?: string,
): v.GenericSchema<unknown, v.InferOutput<Schema>> {
  const refusal = expected === undefined ? NO_OBJECT : v.never(expected)
  return v.lazy((input) => (Array.isArray(input) ? refusal : schema))
}

/** A key that is known, and whose feature comes with later work: refused, never ignored (C2.5). */
export function notYet(name: string, feature: string): v.OptionalSchema<v.NeverSchema<string>, undefined> {
  return v.optional(v.never(`no "${name}" yet: ${feature} come with a later version`))
}

const A_TEXT = 'a string that is not empty'
/** NUL and halves of surrogate pairs come back changed from the texts of some stores. */
const WHOLE = 'a string without NUL (\\u0000) and without half a surrogate pair (\\uD800 to \\uDFFF)'
export const TEXT: v.GenericSchema<unknown, string> = v.pipe(
  v.string(A_TEXT),
  v.nonEmpty(A_TEXT),
  v.check((text) => !text.includes('\0') && text.isWellFormed(), WHOLE),
)
export const DESCRIPTION: v.GenericSchema<unknown, string> = v.string('a string')
export const FLAG: v.GenericSchema<unknown, boolean> = v.boolean('true or false')

const A_PORT = 'a port, 1 to 65535'
export const PORT: v.GenericSchema<unknown, number> = v.pipe(
  v.number(A_PORT),
  v.integer(A_PORT),
  v.minValue(1, A_PORT),
  v.maxValue(65_535, A_PORT),
)

const A_SECRET = 'a string, { "type": "file", "path": … } or { "type": "env", "name": … }'

/** `read` resolves references before it validates: what is still one here has a problem of its own. */
const REFERENCE = v.pipe(
  v.custom<object>(isReference, A_SECRET),
  v.transform(() => new Secret('unresolved')),
)
const PLAIN = v.pipe(
  v.string(A_SECRET),
  v.transform((value) => new Secret(value)),
)
const RESOLVED = v.instance(Secret)

/** Wherever a secret may stand (C2.6). */
export const SECRET: v.LazySchema<v.GenericSchema<unknown, Secret>> = v.lazy((input) => {
  if (input instanceof Secret) return RESOLVED
  return isObject(input) ? REFERENCE : PLAIN
})

export const FILLED_SECRET: v.GenericSchema<unknown, Secret> = v.pipe(
  SECRET,
  v.check((secret) => secret.reveal() !== '', 'a secret that is not empty'),
)
