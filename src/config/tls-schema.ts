import * as v from 'valibot'
import { noArray, object, SECRET } from './schema-parts.ts'
import type { Secret } from './secret.ts'

/** PEM: whom to trust beside the usual authorities, and how to show who we are. */
export interface TlsSettings {
  readonly ca?: readonly Secret[] | undefined
  readonly key?: Secret | undefined
  readonly cert?: Secret | undefined
  readonly passphrase?: Secret | undefined
}

export function tls(expected: string): v.GenericSchema<unknown, TlsSettings> {
  return noArray(object(TLS, expected), expected)
}

const SEVERAL = v.array(SECRET)
const ONE = v.pipe(
  SECRET,
  v.transform((secret) => [secret]),
)

const TLS = {
  ca: v.optional(
    v.lazy((input): v.GenericSchema<unknown, readonly Secret[]> => (Array.isArray(input) ? SEVERAL : ONE)),
  ),
  key: v.optional(SECRET),
  cert: v.optional(SECRET),
  passphrase: v.optional(SECRET),
}
