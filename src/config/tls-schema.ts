import * as v from 'valibot'
import { noArray, notYet, object, SECRET } from './schema-parts.ts'
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

/** PEM of the authorities that an HTTPS host is trusted by, beside the usual ones (C2.5a). */
export interface Trust {
  readonly ca: readonly Secret[]
}

const A_CA = 'certificates in PEM, each from "-----BEGIN CERTIFICATE-----" to "-----END CERTIFICATE-----"'
const AUTHORITY = v.pipe(
  SECRET,
  v.check((secret) => isCertificate(secret.reveal()), A_CA),
)

/** Node and Bun pass over what is no certificate, and then trust nobody new. Each begins with the tag and length of DER. */
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

export const TRUST: v.GenericSchema<unknown, Trust> = noArray(
  object({
    ca: v.lazy((input): v.GenericSchema<unknown, readonly Secret[]> => {
      return Array.isArray(input) ? AUTHORITIES : AN_AUTHORITY
    }),
    key: notYet('key', CLIENT),
    cert: notYet('cert', CLIENT),
    passphrase: notYet('passphrase', CLIENT),
  }),
)
