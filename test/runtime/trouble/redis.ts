import { Redis } from 'ioredis'
import type { RedisServer } from '../../services/redis.ts'
import { NOBODY, SECRET, UNKNOWN } from './mistake.ts'
import type { Mistake } from './mistake.ts'
import type { Neighbours } from './neighbours.ts'

const ASKS = /ask the time of .*\(127\.0\.0\.1:\d+\/0\)/
const URL = /check "url"$/
const TLS = /check "url" and "ssl": does it speak TLS\?$/
const LOGIN =
  /are user and password of "url" right, and may this user run scripts, and read and write all keys of "prefix"\?$/

/** Redis waits for the end of a line, which never arrives. */
const SILENCE = /: Connection timeout; /

/** Creates users with restricted rights. */
export async function forbid(port: number): Promise<void> {
  const redis = new Redis(port, '127.0.0.1')
  await redis.call('ACL', 'SETUSER', 'mute', 'on', `>${SECRET}`, '~*', '+@all', '-@scripting')
  await redis.call('ACL', 'SETUSER', 'reader', 'on', `>${SECRET}`, '~*', '+@all', '-@write')
  redis.disconnect()
}

/** Mistakes in the settings of `redis`. */
export function redisMistakes(near: () => Neighbours, redis: () => RedisServer): readonly Mistake[] {
  const store = (url: string) => ({ type: 'redis', configurations: { url } })
  const as = (user: string, port: number, protocol = 'redis') =>
    store(`${protocol}://${user}:${SECRET}@127.0.0.1:${port}`)
  return [
    { what: 'a wrong password', store: () => as('nobody', redis().port), told: [ASKS, /WRONGPASS/, LOGIN] },
    { what: 'a user who may run no script', store: () => as('mute', redis().port), told: [ASKS, /NOPERM/, LOGIN] },
    {
      what: 'a user who may only read',
      store: () => as('reader', redis().port),
      told: [ASKS, /ACL|NOPERM|can't run this command/, LOGIN],
      isReadable: true,
    },
    { what: 'nobody there', store: () => as('me', near().nobody), told: [ASKS, NOBODY, URL] },
    {
      what: 'an unknown host',
      store: () => store(`redis://me:${SECRET}@nobody.invalid`),
      told: [/ask the time of .*\(nobody\.invalid:6379\/0\)/, UNKNOWN, URL],
    },
    { what: 'TLS where there is none', store: () => as('me', redis().port, 'rediss'), told: [ASKS, SILENCE, TLS] },
    {
      what: 'a certificate of nobody',
      store: () => as('me', near().untrusted, 'rediss'),
      told: [ASKS, /certificate/, TLS],
    },
    {
      what: 'something else that listens',
      store: () => as('me', near().plain),
      told: [ASKS, /./, /check "url"|is the database at "url" running and reachable\?$/],
    },
    {
      what: 'an address of HTTP',
      store: () => store(`https://me:${SECRET}@127.0.0.1`),
      told: [/open/, /"url"/, /must be redis:\/\/user:password@host:port\/database/],
      isRefused: true,
    },
    {
      what: 'a password that is not encoded',
      store: () => store(`redis://me:${SECRET}/x@127.0.0.1`),
      told: [/open/, /"url"/, /in user and password %XX for/],
      isRefused: true,
    },
  ]
}
