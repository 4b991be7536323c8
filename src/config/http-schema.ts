import * as v from 'valibot'
import { sentHeaders, type HeaderOwner } from './headers.ts'
import { ENDPOINT, namesPort, splitEndpoint } from './endpoint.ts'
import { noArray, PORT, SECRET } from './schema-parts.ts'
import type { Secret } from './secret.ts'
import { TRUSTED_AUTHORITIES, type TrustedAuthorities } from './tls-schema.ts'
import { PATH } from './url-path.ts'

/** The method of a request to a participant or a store. */
export type HttpMethod = 'POST' | 'PUT' | 'PATCH'
/** The protocol of a request; `https` verifies the certificate. */
export type HttpProtocol = 'http' | 'https'
/** Headers of every request, by their names. */
export type HttpHeaders = Readonly<Record<string, Secret>>

/** The settings that a rest channel (C2.3) and a rest store (C2.4) share. */
export interface HttpTarget {
  readonly protocol: HttpProtocol
  /** The host alone; port and base of the file's "endpoint" are in `port` and `path`. */
  readonly endpoint: string
  readonly port?: number | undefined
  readonly method: HttpMethod
  readonly path: string
  readonly headers: HttpHeaders
  readonly ssl?: TrustedAuthorities | undefined
}

/** `protocol` of a channel or a store. */
export const PROTOCOL: v.GenericSchema<unknown, HttpProtocol> = v.picklist(['http', 'https'], '"http" or "https"')

const METHOD: v.GenericSchema<unknown, HttpMethod> = v.picklist(['POST', 'PUT', 'PATCH'], '"POST", "PUT" or "PATCH"')

const A_NAME = "header names of letters, digits and !#$%&'*+-.^_`|~ only"
/** The name of a header (RFC 9110 §5.6.2). */
export const HEADER_NAME: v.GenericSchema<string, string> = v.pipe(
  v.string(A_NAME),
  v.regex(/^[\w!#$%&'*+.^`|~-]+$/, A_NAME),
)

const A_VALUE = 'a header value: one line, no characters beyond Latin-1'

/** True if `fetch` accepts a header value; it throws on any other. */
export function isSendable(value: string): boolean {
  return /^[\t\u0020-\u007E\u0080-\u00FF]*$/.test(value)
}

const HEADER_VALUE = v.pipe(
  SECRET,
  v.check((value) => isSendable(value.reveal()), A_VALUE),
)

const HEADERS = noArray(v.record(HEADER_NAME, HEADER_VALUE, 'an object of headers'), 'an object of headers')

/** Headers without those that are not sent; `headers.ts` reports these. */
export function headersOf(owner: HeaderOwner): v.GenericSchema<unknown, HttpHeaders> {
  return v.pipe(
    HEADERS,
    v.transform((headers) => sentHeaders(headers, owner)),
  )
}

/** Entries of an HTTP target, for the schema of a channel or a store. */
export const HTTP_TARGET: {
  readonly protocol: typeof PROTOCOL
  readonly endpoint: typeof ENDPOINT
  readonly port: v.OptionalSchema<typeof PORT, undefined>
  readonly method: typeof METHOD
  readonly path: v.OptionalSchema<typeof PATH, '/'>
  readonly headers: v.OptionalSchema<v.GenericSchema<unknown, HttpHeaders>, () => HttpHeaders>
  readonly ssl: v.OptionalSchema<typeof TRUSTED_AUTHORITIES, undefined>
} = {
  protocol: PROTOCOL,
  endpoint: ENDPOINT,
  port: v.optional(PORT),
  method: METHOD,
  path: v.optional(PATH, '/'),
  headers: v.optional(headersOf('channel'), () => ({})),
  ssl: v.optional(TRUSTED_AUTHORITIES),
}

/** Splits "endpoint" into host, port and base (C2.3). Refuses a port beside the one in "endpoint". */
export function withEndpointSplit<Target extends HttpTarget>(
  schema: v.GenericSchema<unknown, Target>,
): v.GenericSchema<unknown, Target> {
  return v.pipe(
    schema,
    v.rawCheck<Target>(({ dataset: { typed, value }, addIssue }) => {
      if (!typed || value.port === undefined || !namesPort(value.endpoint)) return
      const item = {
        type: 'object',
        origin: 'value',
        key: 'port',
        value: value.port,
        input: Object.fromEntries(Object.entries(value)),
      } as const
      addIssue({ message: 'no port beside the one in "endpoint"', path: [item] })
    }),
    v.transform<Target, Target>(splitEndpoint),
  )
}
