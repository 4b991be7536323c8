import * as v from 'valibot'
import type { HookDefinition } from '../machine/definition.ts'
import { decodeUtf8 } from './utf8.ts'
import { noArray, object } from './schema-parts.ts'

const A_SOURCE =
  'the source of an ES module, such as "export default ({ saga, messageLabel }) => ({ payload: saga.metadata })"'
const ENCODINGS = ['plain', 'base64'] as const
const AN_ENCODING = '"plain" or "base64"'

/** A hook of saga.json (C2.7). */
export const HOOK: v.GenericSchema<unknown, HookDefinition> = noArray(
  v.pipe(
    object({
      type: v.picklist(['file'], '"file"'),
      encoding: v.optional(v.picklist(ENCODINGS, AN_ENCODING)),
      content: v.pipe(v.string(A_SOURCE), v.nonEmpty(A_SOURCE)),
    }),
    v.forward(
      v.check((hook) => sourceOf(hook) !== undefined, 'a text in UTF-8; with "encoding": "base64", the base64 of one'),
      ['content'],
    ),
  ),
)

/** The source of a hook; `undefined` where its content is not in the encoding that it names. */
export function sourceOf({ encoding, content }: HookDefinition): string | undefined {
  if (encoding !== 'base64') return content.isWellFormed() ? content : undefined
  try {
    const decoded = decodeUtf8(Uint8Array.from(atob(content), (character) => character.charCodeAt(0)))
    return decoded.ok ? decoded.text : undefined
  } catch {
    return undefined
  }
}
