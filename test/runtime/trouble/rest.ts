import { HEADERS, NO_TLS, NOBODY, UNKNOWN } from './mistake.ts'
import type { Mistake } from './mistake.ts'
import type { Neighbours } from './neighbours.ts'

const reads = (path: string, protocol = 'http') => new RegExp(`GET ${protocol}://127.0.0.1:\\d+/${path}/batuta-probe`)
const LET_IN = /the configured "headers" are not accepted/

/** Mistakes in the settings of `rest`. */
export function restMistakes(near: () => Neighbours): readonly Mistake[] {
  const rest = (path: string, more: object = {}) => ({
    type: 'rest',
    configurations: {
      protocol: 'http',
      endpoint: '127.0.0.1',
      port: near().plain,
      method: 'PUT',
      path: `/${path}`,
      headers: HEADERS,
      ...more,
    },
  })
  return [
    { what: 'a wrong secret', store: () => rest('401'), told: [reads('401'), /status 401/, LET_IN] },
    {
      what: 'a door to elsewhere',
      store: () => rest('301'),
      told: [reads('301'), /status 301/, /"endpoint", "port" and/],
    },
    {
      what: 'something else',
      store: () => rest('200'),
      told: [reads('200'), /JSON that is not a saga/, /"port" and "path"/],
    },
    {
      what: 'nobody there',
      store: () => rest('sagas', { port: near().nobody }),
      told: [reads('sagas'), NOBODY, /is the service at this protocol, endpoint and port/],
    },
    {
      what: 'an unknown host',
      store: () => rest('sagas', { endpoint: 'nobody.invalid' }),
      told: [/GET http:\/\/nobody\.invalid:/, UNKNOWN, /is the service at this protocol, endpoint/],
    },
    {
      what: 'TLS where there is none',
      store: () => rest('sagas', { protocol: 'https' }),
      told: [reads('sagas', 'https'), NO_TLS, /at this protocol/],
    },
    {
      what: 'a certificate of nobody',
      store: () => rest('sagas', { protocol: 'https', port: near().untrusted }),
      told: [reads('sagas', 'https'), /certificate/, /one that this host trusts/],
    },
    {
      what: 'a service that may only be read',
      store: () => rest('read-only'),
      told: [/PUT http:\/\/127\.0\.0\.1:\d+\/read-only\//, /status 403/, LET_IN],
      isFoundByWriting: true,
    },
    {
      what: 'a method that it does not know',
      store: () => rest('no-upsert'),
      told: [/PUT http/, /status 405/, /are "method" and "path" those of its upsert/],
      isFoundByWriting: true,
    },
    {
      what: 'a path that it does not know',
      store: () => rest('no-sagas'),
      told: [/PUT http/, /status 404/, /are "method" and "path" those of its upsert/],
      isFoundByWriting: true,
    },
  ]
}
