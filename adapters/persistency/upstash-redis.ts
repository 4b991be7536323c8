import { BatutaError } from '../../src/errors.ts'
import type { Persistency } from '../../src/ports/persistency.ts'
import type { Fetch } from '../../src/ports/runtime.ts'
import { RedisPersistency } from './redis/persistency.ts'
import type { RedisOptions, RedisSettings } from './redis/persistency.ts'
import { upstashTransport } from './upstash-redis/connect.ts'

/** Settings of saga.json (C2.4), secrets still sealed. */
export interface UpstashRedisSettings extends RedisSettings {
  readonly url: { reveal(): string }
  readonly token: { reveal(): string }
}

/**
 * Opens a store in a Redis behind Upstash's REST protocol, on any runtime. Throws `configuration-invalid` where the settings
 * cannot be used.
 */
export function upstashRedisPersistency(
  settings: UpstashRedisSettings,
  fetch: Fetch,
  options: RedisOptions = {},
): Persistency {
  const token = settings.token.reveal().trim()
  const { url, secrets } = addressOf(settings.url.reveal().trim())
  const place = {
    shown: STORE,
    secrets: [token, ...secrets],
    login: 'check "token": it must be the one that may write',
    address: 'check "url"',
  }
  return new RedisPersistency({
    name: 'upstash-redis',
    settings,
    transport: upstashTransport({ url, token, fetch }),
    place,
    options,
  })
}

const STORE = 'the store "upstash-redis"'

/** The base URL of requests, and the parts of it that no message may show. */
function addressOf(text: string): { readonly url: string; readonly secrets: readonly string[] } {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    const what = '"url" must be an address that begins with https:// or http://, with the port if it is another one'
    throw new BatutaError('configuration-invalid', `open ${STORE}: ${what}`)
  }
  const { origin, pathname, host, hostname } = url
  return { url: origin + withoutSlashes(pathname), secrets: [text, host, hostname] }
}

/** The path without its trailing slashes. A loop, since a pattern would search from every slash. */
function withoutSlashes(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}
