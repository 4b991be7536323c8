import * as v from 'valibot'
import { noArray, notYet, object, SECRET } from './schema-parts.ts'
import type { Secret } from './secret.ts'

/** PEM: additional authorities, and our own certificate. */
export interface TlsSettings {
  readonly ca?: readonly Secret[] | undefined
  readonly key?: Secret | undefined
  readonly cert?: Secret | undefined
  readonly passphrase?: Secret | undefined
}

/** TLS options. `expected` describes them in a problem. */
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

/** PEM of additional authorities for an HTTPS host (C2.5a). */
export interface TrustedAuthorities {
  readonly ca: readonly Secret[]
}

const A_CA = 'certificates in PEM, each from "-----BEGIN CERTIFICATE-----" to "-----END CERTIFICATE-----"'
const AUTHORITY = v.pipe(
  SECRET,
  v.check((secret) => isCertificate(secret.reveal()), A_CA),
)

/** Node and Bun ignore a malformed certificate without an error. DER begins with tag and length, which is "MI" in Base64. */
function isCertificate(pem: string): boolean {
  const [, ...blocks] = pem.split('-----BEGIN CERTIFICATE-----')
  const isWhole = (block: string): boolean => {
    const [body = '', end] = block.split('-----END CERTIFICATE-----')
    const base64 = body.replaceAll(/\s/g, '')
    return end !== undefined && base64.length > 100 && base64.startsWith('MI') && /^[A-Za-z0-9+/]+={0,2}$/.test(base64)
  }
  return blocks.length > 0 && blocks.every(isWhole)
}
const AUTHORITIES = v.pipe(v.array(AUTHORITY), v.minLength(1, A_CA))
const AN_AUTHORITY = v.pipe(
  AUTHORITY,
  v.transform((secret) => [secret]),
)
const CLIENT = 'client certificates of HTTP channels and stores'

/** `ssl` of an HTTPS host (C2.5a). */
export const TRUSTED_AUTHORITIES: v.GenericSchema<unknown, TrustedAuthorities> = noArray(
  object({
    ca: v.lazy((input): v.GenericSchema<unknown, readonly Secret[]> => {
      return Array.isArray(input) ? AUTHORITIES : AN_AUTHORITY
    }),
    key: notYet('key', CLIENT),
    cert: notYet('cert', CLIENT),
    passphrase: notYet('passphrase', CLIENT),
  }),
)
