import * as v from 'valibot'
import { get } from './json-tree.ts'
import { FILLED_SECRET, noArray, object, SECRET } from './schema-parts.ts'
import type { Secret } from './secret.ts'

/** SASL of a Kafka channel, in KafkaJS's shape (C2.2). */
export type KafkaSasl = KafkaLogin | KafkaAwsKeys

/** A mechanism with user and password. */
export interface KafkaLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: Secret
  readonly password: Secret
}

/** The mechanism AWS, which some MSK brokers accept through a plug-in. */
export interface KafkaAwsKeys {
  readonly mechanism: 'aws'
  readonly authorizationIdentity: Secret
  readonly accessKeyId: Secret
  readonly secretAccessKey: Secret
  readonly sessionToken?: Secret | undefined
}

const A_MECHANISM = '"plain", "scram-sha-256", "scram-sha-512" or "aws", in any letter case'
/** KafkaJS takes it, and JSON holds no functions. */
const A_FUNCTION = `${A_MECHANISM}; "oauthbearer" needs a function, which no JSON file can hold`

/** Keys of all mechanisms of KafkaJS. */
const CREDENTIALS = [
  'username',
  'password',
  'authorizationIdentity',
  'accessKeyId',
  'secretAccessKey',
  'sessionToken',
  'oauthBearerProvider',
]

/** Letters in both cases: the JSON Schema of the file has the pattern too, and no flags. */
const LOGIN_NAME = /^(?:[Pp][Ll][Aa][Ii][Nn]|[Ss][Cc][Rr][Aa][Mm]-[Ss][Hh][Aa]-(?:256|512))$/
const AWS_NAME = /^[Aa][Ww][Ss]$/

const LOGIN: v.GenericSchema<unknown, KafkaLogin> = object({
  mechanism: v.pipe(
    v.string(A_MECHANISM),
    v.regex(LOGIN_NAME, A_MECHANISM),
    v.transform((name) => name.toLowerCase() as KafkaLogin['mechanism']),
  ),
  username: SECRET,
  password: SECRET,
})

/** KafkaJS refuses empty keys too, at its first connection. */
const AWS_KEYS: v.GenericSchema<unknown, KafkaAwsKeys> = object({
  mechanism: v.pipe(
    v.string(A_MECHANISM),
    v.regex(AWS_NAME, A_MECHANISM),
    v.transform(() => 'aws' as const),
  ),
  authorizationIdentity: FILLED_SECRET,
  accessKeyId: FILLED_SECRET,
  secretAccessKey: FILLED_SECRET,
  sessionToken: v.optional(SECRET),
})

/** A mechanism of another name, which is the only problem: the credentials that it needs are not known here. */
const UNKNOWN = v.pipe(
  object({
    mechanism: v.never(({ input }) => (/^oauthbearer$/i.test(String(input)) ? A_FUNCTION : A_MECHANISM)),
    ...Object.fromEntries(CREDENTIALS.map((key) => [key, v.optional(v.unknown())])),
  }),
  v.never(A_MECHANISM),
)

/** `authenticationProperties.sasl` (C2.2). The mechanism decides which credentials are expected. */
export const SASL: v.GenericSchema<unknown, KafkaSasl> = noArray(
  v.lazy((input): v.GenericSchema<unknown, KafkaSasl> => {
    const mechanism = get(input, 'mechanism')
    if (typeof mechanism !== 'string' || LOGIN_NAME.test(mechanism)) return LOGIN
    return AWS_NAME.test(mechanism) ? AWS_KEYS : UNKNOWN
  }),
)
