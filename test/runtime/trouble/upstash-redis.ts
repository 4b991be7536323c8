import type { Upstash } from '../../services/upstash.ts'
import { NO_TLS, NOBODY, SECRET, UNKNOWN } from './mistake.ts'
import type { Mistake } from './mistake.ts'
import type { Neighbours } from './neighbours.ts'

const ASKS = /ask the time of/
const URL = /check "url"/
const TOKEN = /check "token": it must be the one that may write/

/** Mistakes in the settings of `upstash-redis`. Its address is a secret too: no message holds it. */
export function upstashMistakes(near: () => Neighbours, upstash: () => Upstash): readonly Mistake[] {
  const store = (url: string, token = SECRET) => ({ type: 'upstash-redis', configurations: { url, token } })
  const here = (port: number, protocol = 'http') => store(`${protocol}://127.0.0.1:${port}`)
  return [
    { what: 'a wrong token', store: () => store(upstash().url), told: [ASKS, /401 WRONGPASS/, TOKEN] },
    {
      what: 'a token that may only read',
      store: () => store(upstash().url, upstash().token),
      told: [ASKS, /ACL|NOPERM|can't run this command/, TOKEN],
      isReadable: true,
    },
    {
      what: 'an address of something else',
      store: () => store(`http://127.0.0.1:${near().plain}/404`),
      told: [ASKS, /404/, URL],
    },
    { what: 'nobody there', store: () => here(near().nobody), told: [ASKS, NOBODY, URL] },
    { what: 'an unknown host', store: () => store('https://nobody.invalid'), told: [ASKS, UNKNOWN, URL] },
    { what: 'TLS where there is none', store: () => here(near().plain, 'https'), told: [ASKS, NO_TLS, URL] },
    { what: 'a certificate of nobody', store: () => here(near().untrusted, 'https'), told: [ASKS, /certificate/, URL] },
    {
      what: 'no address at all',
      store: () => store(`redis://default:${SECRET}@127.0.0.1`),
      told: [/open/, /"url"/, /must be an address that begins with https:/],
      isRefused: true,
    },
  ]
}
