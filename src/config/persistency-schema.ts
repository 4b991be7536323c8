import * as v from 'valibot'
import type { Duration } from '../engine/saga.ts'
import { PERIOD } from './duration.ts'
import { HOST } from './endpoint.ts'
import {
  headersOf,
  HTTP_TARGET,
  isSendable,
  PROTOCOL,
  withEndpointSplit,
  type HttpHeaders,
  type HttpProtocol,
  type HttpTarget,
} from './http-schema.ts'
import { get, isEmptyObject } from './json-tree.ts'
import { OWN_STORE, type OwnPersistencyConfiguration } from './own-store-schema.ts'
import { FILLED_SECRET, noArray, object, PORT, TEXT } from './schema-parts.ts'
import type { Secret } from './secret.ts'
import { tls, TRUSTED_AUTHORITIES } from './tls-schema.ts'
import type { TlsSettings, TrustedAuthorities } from './tls-schema.ts'
import { COLLECTION, STORE_PATH } from './url-path.ts'

/** `persistencyManagement` (C2.4, C2.5a), its secrets resolved. */
export type PersistencyConfiguration =
  | { readonly type: 'rest'; readonly configurations: HttpTarget }
  | { readonly type: 'crud'; readonly configurations: CrudSettings }
  | { readonly type: 'mongo'; readonly configurations: MongoSettings }
  | { readonly type: 'sqlite'; readonly configurations: PathSettings }
  | { readonly type: 'memory'; readonly configurations: Readonly<Record<never, never>> }
  | { readonly type: 'durable-object'; readonly configurations: DurableObjectSettings }
  | { readonly type: 'deno-kv'; readonly configurations: PathSettings }
  | { readonly type: 'upstash-redis'; readonly configurations: UpstashRedisSettings }
  | { readonly type: 'redis'; readonly configurations: RedisSettings }

/** The store that a saga.json names. */
export type StoreConfiguration = PersistencyConfiguration | OwnPersistencyConfiguration

/** The type of a store in the file. */
export function storeTypeOf(configuration: StoreConfiguration): string {
  return configuration.type === 'own' ? configuration.ownType : configuration.type
}

/** Settings of the store `crud`. */
export interface CrudSettings {
  readonly protocol: HttpProtocol
  readonly host: string
  readonly port: number
  /** As in the path of the CRUD Service. */
  readonly collectionName: string
  readonly headers: HttpHeaders
  readonly ssl?: TrustedAuthorities | undefined
}

/** Settings of the store `mongo`. */
export interface MongoSettings {
  readonly connectionUri: Secret
  readonly collectionName: string
}

/** Settings of the stores `sqlite` and `deno-kv`. */
export interface PathSettings {
  /** Absent: the host's default. */
  readonly path?: string | undefined
}

/** Settings of the store `durable-object`. */
export interface DurableObjectSettings {
  readonly binding: string
}

interface RedisKeySettings {
  readonly url: Secret
  readonly prefix: string
  /** How long Redis keeps a final saga with an empty outbox; absent: for ever. */
  readonly keepFinal?: Duration | undefined
}

/** Settings of the store `upstash-redis`. */
export interface UpstashRedisSettings extends RedisKeySettings {
  readonly token: Secret
}

/** Settings of the store `redis`. */
export interface RedisSettings extends RedisKeySettings {
  /** For a `url` that begins with rediss://. */
  readonly ssl?: TlsSettings | undefined
}

const STORE_HEADERS = v.optional(headersOf('store'), () => ({}))

const REST: v.GenericSchema<unknown, HttpTarget> = withEndpointSplit(
  noArray(object({ ...HTTP_TARGET, path: v.optional(STORE_PATH, '/'), headers: STORE_HEADERS })),
)

const CRUD: v.GenericSchema<unknown, CrudSettings> = noArray(
  object({
    protocol: v.optional(PROTOCOL, 'http'),
    host: v.optional(HOST, 'crud-service'),
    port: v.optional(PORT, 80),
    collectionName: COLLECTION,
    headers: STORE_HEADERS,
    ssl: v.optional(TRUSTED_AUTHORITIES),
  }),
)

const MONGO: v.GenericSchema<unknown, MongoSettings> = noArray(
  object({ connectionUri: FILLED_SECRET, collectionName: TEXT }),
)

const WITH_PATH: v.GenericSchema<unknown, PathSettings> = noArray(object({ path: v.optional(TEXT) }))

const MEMORY: v.GenericSchema<unknown, Readonly<Record<never, never>>> = noArray(object({}))

const DURABLE_OBJECT: v.GenericSchema<unknown, DurableObjectSettings> = noArray(
  object({ binding: v.optional(TEXT, 'SAGAS') }),
)

const REDIS_KEY_SETTINGS = {
  url: FILLED_SECRET,
  prefix: v.optional(v.string('a string'), 'batuta:'),
  keepFinal: v.optional(PERIOD),
}

/** Blanks around a token are cut off later. */
const TOKEN = v.pipe(
  FILLED_SECRET,
  v.check((token) => isSendable(token.reveal().trim()), 'a token: one line, no characters beyond Latin-1'),
)

const UPSTASH_REDIS: v.GenericSchema<unknown, UpstashRedisSettings> = noArray(
  object({ ...REDIS_KEY_SETTINGS, token: TOKEN }),
)

const REDIS: v.GenericSchema<unknown, RedisSettings> = noArray(
  object({ ...REDIS_KEY_SETTINGS, ssl: v.optional(tls('an object of TLS options')) }),
)

const TYPES: readonly string[] = [
  'rest',
  'crud',
  'mongo',
  'sqlite',
  'memory',
  'durable-object',
  'deno-kv',
  'upstash-redis',
  'redis',
] satisfies PersistencyConfiguration['type'][]

/** The types that a saga.json may name, in the words of a problem: the built-in ones, then the host's own. */
export function expectedTypes(own: readonly string[] = []): string {
  const names = [...new Set([...TYPES, ...own])].map((type) => `"${type}"`)
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

const STORE = noArray(
  v.variant(
    'type',
    [
      object({ type: v.literal('rest'), configurations: REST }),
      object({ type: v.literal('crud'), configurations: CRUD }),
      object({ type: v.literal('mongo'), configurations: MONGO }),
      object({ type: v.literal('sqlite'), configurations: v.optional(WITH_PATH, {}) }),
      object({ type: v.literal('memory'), configurations: v.optional(MEMORY, {}) }),
      object({ type: v.literal('durable-object'), configurations: v.optional(DURABLE_OBJECT, {}) }),
      object({ type: v.literal('deno-kv'), configurations: v.optional(WITH_PATH, {}) }),
      object({ type: v.literal('upstash-redis'), configurations: UPSTASH_REDIS }),
      object({ type: v.literal('redis'), configurations: REDIS }),
    ],
    (issue) => (issue.path === undefined ? 'an object' : expectedTypes()),
  ),
)

/** Early files of Flow Manager's tutorial have an empty object here: the host's embedded store (C2). */
const NO_STORE = v.pipe(
  v.strictObject({}),
  v.transform(() => undefined),
)

/** `persistencyManagement` (C2.4, C2.5a); nothing for an empty object. */
export const PERSISTENCY: v.GenericSchema<unknown, StoreConfiguration | undefined> = v.lazy(
  (input): v.GenericSchema<unknown, StoreConfiguration | undefined> => {
    if (isEmptyObject(input)) return NO_STORE
    return ownTypeIn(input) === undefined ? STORE : OWN_STORE
  },
)

/** The type of a store in the file, where it is not a built-in one. */
export function ownTypeIn(written: unknown): string | undefined {
  const type = get(written, 'type')
  return typeof type === 'string' && type !== '' && !TYPES.includes(type) ? type : undefined
}
