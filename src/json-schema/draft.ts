/** The drafts of JSON Schema whose rules are known. Draft 6 is read as draft 7, which only adds to it. */
export type Draft = '7' | '2019-09' | '2020-12'

/** `$schema` without protocol and without an empty fragment → the draft. */
const DRAFTS: ReadonlyMap<string, Draft> = new Map([
  ['json-schema.org/draft-06/schema', '7'],
  ['json-schema.org/draft-07/schema', '7'],
  ['json-schema.org/draft/2019-09/schema', '2019-09'],
  ['json-schema.org/draft/2020-12/schema', '2020-12'],
])

/** The draft that a `$schema` names, in any usual spelling: http or https, with or without "#". Absent: draft 7. */
export function draftOf($schema: unknown): Draft | undefined {
  if ($schema === undefined) return '7'
  return typeof $schema === 'string' ? DRAFTS.get($schema.replace(/^https?:\/\//, '').replace(/#$/, '')) : undefined
}

/** The value of `$schema` that is expected, in the words of a message. */
export const A_DRAFT =
  'draft 7, 2019-09 or 2020-12: "http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2019-09/schema" or "https://json-schema.org/draft/2020-12/schema"'
