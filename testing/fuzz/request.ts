import type { Chance } from './chance.ts'
import { jsonText, objectText, ODD } from './json.ts'

/** A request that a host passes on to our code. */
export interface FuzzedRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: Uint8Array | undefined
  /** How the body arrives; `broken`: the connection ends before the last piece. */
  readonly pieces: 'whole' | 'chunks' | 'broken'
}

/** Labels of the machine and ids of stored sagas, so that some requests match. */
export interface KnownNames {
  readonly labels: readonly string[]
  readonly sagas: readonly string[]
}

/** Generates a request with legal HTTP names, values and target. */
export function fuzzedRequest(chance: Chance, known: KnownNames): FuzzedRequest {
  const method = chance.once(4) ? chance.pick(METHODS) : chance.pick(['POST', 'POST', 'POST', 'GET'])
  const target = targetOf(chance, method, known)
  const headers = headersOf(chance)
  if (/^(?:get|head)$/i.test(method)) return { method, target, headers, pieces: 'whole' }
  const body = chance.once(20) ? undefined : bodyOf(chance, target, known)
  return { method, target, headers, body, pieces: chance.once(8) ? chance.pick(['chunks', 'broken']) : 'whole' }
}

const METHODS = ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'get', 'POSTS', 'M-SEARCH', 'X'.repeat(300)]
const READS = ['/sagas', '/machine-definition', '/configuration', '/-/healthz', '/-/ready', '/-/check-up', '/-/metrics']
const FILTERS = [
  'currentState',
  'businessStateId',
  'isFinal',
  'associatedEntityId',
  'since',
  'until',
  'limit',
  'cursor',
]
const PARTS = [
  '%00',
  '%',
  '%zz',
  '%E0%A4',
  '%2f',
  '..',
  '.',
  ';',
  '=',
  '&',
  '+',
  '\\',
  '/',
  '//',
  'é',
  '%ED%A0%80',
  "'",
  '~',
  '|',
]
const RUNS = ['&', '=', '%', '%41', '+', 'a=1&', '?', '%E0%A4', '[]']
const VALUES = [
  '',
  '0',
  '1',
  '-1',
  '200',
  '201',
  '1e3',
  'true',
  'false',
  '2026-02-31T00:00:00Z',
  '2026-01-31T00:00:00Z',
  '1~a',
  '9999999999999999~%',
  '~',
]

function targetOf(chance: Chance, method: string, { sagas }: KnownNames): string {
  const route = routeOf(chance, method, sagas)
  return chance.once(6) ? chance.spoil(route, PARTS).replaceAll(/^\/*/g, '/').replaceAll(/[\s#]/g, '') : route
}

function routeOf(chance: Chance, method: string, sagas: readonly string[]): string {
  if (method === 'POST' && !chance.once(10)) return chance.pick(['/saga', '/event', '/event'])
  if (chance.once(3))
    return `/sagas/${chance.once(2) ? chance.pick(sagas) : chance.some(4, () => chance.pick(PARTS)).join('')}`
  if (chance.once(2)) return chance.pick(READS)
  if (chance.once(20))
    return `/sagas?${chance.once(2) ? '' : 'currentState='}${chance.pick(RUNS).repeat(chance.pick([1_000, 250_000]))}`
  const filter = () =>
    `${chance.once(9) ? chance.pick(PARTS) : chance.pick(FILTERS)}=${chance.pick(chance.once(4) ? PARTS : VALUES)}`
  return `/sagas?${chance.some(3, filter).join('&')}`
}

const TYPES = [
  'text/plain',
  '',
  'application/json; charset=utf8',
  'application/vnd.x+json',
  'application/json, text/plain',
  'APPLICATION/JSON;',
  '"',
  ',',
]
const CODINGS = ['gzip', 'identity', 'br, identity', '', ',']
const IDS = ['k', 'k/1', '%C3%A9', '%00', '%', '%zz', '%ED%A0%80', 'é', 'a b', '', '__proto__', ', ', "'"]
const NAMES = [
  'x-a',
  'x-b',
  'accept',
  'expect',
  'upgrade',
  'connection',
  'content-range',
  'origin',
  'range',
  'if-match',
  '__proto__',
  'constructor',
  'cookie',
]

function headersOf(chance: Chance): readonly (readonly [string, string])[] {
  const headers: [string, string][] = []
  const type = chance.once(12)
    ? long(chance, 'application/json')
    : chance.once(8)
      ? chance.pick(TYPES)
      : 'application/json'
  if (!chance.once(30)) headers.push(['content-type', type])
  if (chance.once(30)) headers.push(['content-type', chance.pick(TYPES)])
  if (chance.once(20)) headers.push(['content-encoding', chance.pick(CODINGS)])
  if (chance.once(3))
    headers.push(['idempotency-key', chance.once(3) ? chance.pick([...IDS, long(chance, 'k')]) : `k${chance.upTo(50)}`])
  if (chance.once(9))
    headers.push([
      'traceparent',
      chance.pick(['00', '', long(chance, '00-'), `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`]),
    ])
  if (chance.once(9))
    headers.push(['authorization', chance.pick(['Bearer', 'Bearer x', long(chance, 'Bearer'), long(chance, 'Basic ')])])
  if (chance.once(5)) headers.push([chance.pick(NAMES), chance.pick([...IDS, long(chance, 'a')])])
  return headers
}

/** A long run of one filler: slow for a regular expression that backtracks. */
function long(chance: Chance, first: string): string {
  return first + chance.pick(FILLERS).repeat(chance.pick([1, 100, 5_000, 60_000, 250_000])) + chance.pick(LASTS)
}

const FILLERS = [' ', ' ', ' ', '\t', ' \t', 'x', '0', 'é', ';', ',', '=', '"', '\\', '/', '+', '%41', '; a=b']
const LASTS = ['x', '"', ';', '\u0001', 'é']

function bodyOf(chance: Chance, target: string, known: KnownNames): Uint8Array {
  const text = chance.once(6) ? jsonText(chance) : messageText(chance, target, known)
  const bytes = new TextEncoder().encode(chance.once(6) ? chance.spoil(text, ODD) : text)
  if (chance.once(30))
    for (let left = 1 + chance.upTo(4); left > 0; left--) bytes[chance.upTo(bytes.length)] = chance.upTo(256)
  return bytes
}

function messageText(chance: Chance, target: string, { labels, sagas }: KnownNames): string {
  const odd = (text: string) => (chance.once(12) ? jsonText(chance) : text)
  const extra = chance.once(20) ? `,${objectText(chance).slice(1, -1)}` : ''
  const data = odd(objectText(chance))
  if (target.startsWith('/saga')) return `{"associatedEntityId":${odd('"e"')},"metadata":${data}${extra}}`
  const [key, label] = [odd(`"${chance.pick(sagas)}"`), odd(`"${chance.pick(labels)}"`)]
  return `{"key":${key},"value":{"messageLabel":${label},"messagePayload":${data}${extra}}}`
}
