import * as v from 'valibot'
import { sentHeaders, type Sender } from './headers.ts'
import { ENDPOINT, joined, namesPort } from './endpoint.ts'
import { noArray, PORT, SECRET } from './schema-parts.ts'
import type { Secret } from './secret.ts'
import { TRUST, type Trust } from './tls-schema.ts'
import { PATH } from './url-path.ts'

export type HttpMethod = 'POST' | 'PUT' | 'PATCH'
export type HttpProtocol = 'http' | 'https'
export type HttpHeaders = Readonly<Record<string, Secret>>

/** What a rest channel (C2.3) and a rest persistency (C2.4) have in common. */
export interface HttpTarget {
  readonly protocol: HttpProtocol
  /** A host: port and base of the file's "endpoint" stand in `port` and `path`. */
  readonly endpoint: string
  readonly port?: number | undefined
  readonly method: HttpMethod
  readonly path: string
  readonly headers: HttpHeaders
  readonly ssl?: Trust | undefined
}

export const PROTOCOL: v.GenericSchema<unknown, HttpProtocol> = v.picklist(['http', 'https'], '"http" or "https"')

const METHOD: v.GenericSchema<unknown, HttpMethod> = v.picklist(['POST', 'PUT', 'PATCH'], '"POST", "PUT" or "PATCH"')

const A_NAME = "header names of letters, digits and !#$%&'*+-.^_`|~ only"
export const HEADER_NAME: v.GenericSchema<string, string> = v.pipe(
  v.string(A_NAME),
  v.regex(/^[\w!#$%&'*+.^`|~-]+$/, A_NAME),
)

const A_VALUE = 'a header value: one line, no characters beyond Latin-1'

/** `fetch` throws on any other header value, so it would be found out with the first request. */
export function isSendable(value: string): boolean {
  return /^[\t\u0020-\u007E\u0080-\u00FF]*$/.test(value)
}

const HEADER_VALUE = v.pipe(
  SECRET,
  v.check((value) => isSendable(value.reveal()), A_VALUE),
)

const HEADERS = noArray(v.record(HEADER_NAME, HEADER_VALUE, 'an object of headers'), 'an object of headers')

/** Those that are sent (`headers.ts`); what is wrong with the others is said there. */
export function headersOf(sender: Sender): v.GenericSchema<unknown, HttpHeaders> {
  return v.pipe(
    HEADERS,
    v.transform((headers) => sentHeaders(headers, sender)),
  )
}

export const HTTP_TARGET: {
  readonly protocol: typeof PROTOCOL
  readonly endpoint: typeof ENDPOINT
  readonly port: v.OptionalSchema<typeof PORT, undefined>
  readonly method: typeof METHOD
  readonly path: v.OptionalSchema<typeof PATH, '/'>
  readonly headers: v.OptionalSchema<v.GenericSchema<unknown, HttpHeaders>, () => HttpHeaders>
  readonly ssl: v.OptionalSchema<typeof TRUST, undefined>
} = {
  protocol: PROTOCOL,
  endpoint: ENDPOINT,
  port: v.optional(PORT),
  method: METHOD,
  path: v.optional(PATH, '/'),
  headers: v.optional(headersOf('channel'), () => ({})),
  ssl: v.optional(TRUST),
}

/** Port and base of an "endpoint" where they belong (C2.3). A port can stand in one place only. */
export function targeted<Target extends HttpTarget>(
  schema: v.GenericSchema<unknown, Target>,
): v.GenericSchema<unknown, Target> {
  return v.pipe(
    schema,
    v.rawCheck<Target>(({ dataset: { typed, value }, addIssue }) => {
      if (!typed || value.port === undefined || !namesPort(value.endpoint)) return
      const place = {
        type: 'object',
        origin: 'value',
        key: 'port',
        value: value.port,
        input: Object.fromEntries(Object.entries(value)),
      } as const
      addIssue({ message: 'no port beside the one in "endpoint"', path: [place] })
    }),
    v.transform<Target, Target>(joined),
  )
}
