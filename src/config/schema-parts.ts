import * as v from 'valibot'
import { isObject } from './json-tree.ts'
import { isReference, Secret } from './secret.ts'

/*
 * Parts of the schemas of the file. A schema's `message` becomes the `expected` of a problem (C1.2). A value that may have
 * several shapes gets a `lazy` schema that chooses by shape, so that a problem is about the shape that was meant.
 */

type ObjectMessage = (issue: v.ObjectIssue) => string

const NO_OBJECT = v.never('an object')

/** An object. Where a key is missing, `expected` is the message of that key's schema. */
export function object<const Entries extends v.ObjectEntries>(
  entries: Entries,
  expected = 'an object',
): v.ObjectSchema<Entries, ObjectMessage> {
  return v.object(entries, (issue) => {
    const entry = issue.path === undefined ? undefined : entries[String(issue.path[0].key)]
    return (entry && v.safeParse(entry, undefined).issues?.[0].message) ?? expected
  })
}

/** Refuses arrays: Valibot's `object` accepts them. */
export function noArray<const Schema extends v.GenericSchema>(
  schema: Schema,
  expected?: string,
): v.GenericSchema<unknown, v.InferOutput<Schema>> {
  const refusal = expected === undefined ? NO_OBJECT : v.never(expected)
  return v.lazy((input) => (Array.isArray(input) ? refusal : schema))
}

/** A key of a feature that a later version brings. It is refused, since ignoring it would change what the file means (C2.5). */
export function notYet(name: string, feature: string): v.OptionalSchema<v.NeverSchema<string>, undefined> {
  return v.optional(v.never(laterFeature(name, feature)))
}

const LATER = 'come with a later version'

/** The expected value in place of a feature that a later version brings. */
export function laterFeature(name: string, feature: string): string {
  return `no "${name}" yet: ${feature} ${LATER}`
}

/** True if a message is one of `laterFeature`. */
export function isLaterFeature(expected: string): boolean {
  return expected.endsWith(LATER)
}

const A_TEXT = 'a string that is not empty'
/** Some stores change NUL and lone surrogates. */
const WELL_FORMED = 'a string without NUL (\\u0000) and without half a surrogate pair (\\uD800 to \\uDFFF)'
/** A text that every store keeps unchanged. */
export const TEXT: v.GenericSchema<unknown, string> = v.pipe(
  v.string(A_TEXT),
  v.nonEmpty(A_TEXT),
  v.check((text) => !text.includes('\0') && text.isWellFormed(), WELL_FORMED),
)
/** A text that has no effect. */
export const DESCRIPTION: v.GenericSchema<unknown, string> = v.string('a string')
/** true or false. */
export const FLAG: v.GenericSchema<unknown, boolean> = v.boolean('true or false')

const A_PORT = 'a port, 1 to 65535'
/** A TCP port, 1 to 65535. */
export const PORT: v.GenericSchema<unknown, number> = v.pipe(
  v.number(A_PORT),
  v.integer(A_PORT),
  v.minValue(1, A_PORT),
  v.maxValue(65_535, A_PORT),
)

const A_SECRET = 'a string, { "type": "file", "path": … } or { "type": "env", "name": … }'

/** A reference that could not be resolved. `resolveSecrets` reports it, so it is accepted here. */
const REFERENCE = v.pipe(
  v.custom<object>(isReference, A_SECRET),
  v.transform(() => new Secret('unresolved')),
)
const PLAIN = v.pipe(
  v.string(A_SECRET),
  v.transform((value) => new Secret(value)),
)
const RESOLVED = v.instance(Secret)

/** A place where a secret may stand, written out or by reference (C2.6). */
export const SECRET: v.GenericSchema<unknown, Secret> = v.pipe(
  v.lazy((input): v.GenericSchema<unknown, Secret> => {
    if (input instanceof Secret) return RESOLVED
    return isObject(input) ? REFERENCE : PLAIN
  }),
  v.metadata({ secret: true }),
)

/** True if a schema is `SECRET`, or a pipe that begins with it. */
export function isSecretSchema(schema: v.GenericSchema): boolean {
  return v.getMetadata(schema)['secret'] === true
}

/** A secret that is not empty. */
export const FILLED_SECRET: v.GenericSchema<unknown, Secret> = v.pipe(
  SECRET,
  v.check((secret) => secret.reveal() !== '', 'a secret that is not empty'),
)
