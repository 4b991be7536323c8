import { GOOD_CREATION, GOOD_EVENT, JSON_TYPE, posting } from './bad-rows.ts'
import type { BadRequest } from './bad-rows.ts'

const typed = (type: string | undefined): BadRequest => ({
  what: `content type ${type ?? 'absent'}`,
  method: 'POST',
  path: '/saga',
  headers: type === undefined ? {} : { 'content-type': type },
  body: new TextEncoder().encode(JSON.stringify(GOOD_CREATION)),
  status: 415,
  message: `the content type is "${type ?? ''}"; expected application/json`,
})

const encoded = (coding: string): BadRequest => ({
  ...typed('application/json'),
  what: `content encoding ${coding}`,
  headers: { ...JSON_TYPE, 'content-encoding': coding },
  message: `the content encoding is "${coding.toLowerCase().replace('identity, ', '')}"; expected none: the body is sent as it is`,
  answers: { 'accept-encoding': 'identity' },
})

const TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b',
  'text/json',
  'json',
  'application/jsonp',
  'application/+json',
  'application/a b+json',
  'application/json, text/plain',
  'text/plain, application/json',
  'application/json; charset=utf-8, text/plain',
  'application/json,',
]
export const CONTENT_TYPES: readonly BadRequest[] = [
  typed(undefined),
  ...TYPES.map(typed),
  {
    ...typed(`application/json${' '.repeat(250_000)}x`),
    what: 'content type with 250,000 blanks',
    message: `the content type is "${'application/json'.padEnd(100)}"; expected application/json`,
  },
  ...['gzip', 'br', 'deflate', 'GZIP', 'identity, gzip', 'x'].map(encoded),
]

const refused = (method: string, path: string, allow: string): BadRequest => ({
  what: `${method} ${path}`,
  method,
  path,
  status: 405,
  message: `${path} takes ${allow}, not ${method}`,
  answers: { allow },
})

export const METHODS: readonly BadRequest[] = [
  ...['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].flatMap((method) => [
    refused(method, '/saga', 'POST'),
    refused(method, '/event', 'POST'),
  ]),
  ...['/sagas', '/sagas/S', '/machine-definition', '/configuration', '/-/healthz', '/-/ready', '/-/metrics'].flatMap(
    (path) => ['POST', 'DELETE'].map((method) => refused(method, path, 'GET, HEAD')),
  ),
]

const unknown = (path: string, shown = path): BadRequest => ({
  what: `unknown route ${path.slice(0, 60)}`,
  path,
  status: 404,
  message: `there is no route GET ${shown}`,
})

export const ROUTES: readonly BadRequest[] = [
  unknown('/'),
  unknown('/saga/'),
  unknown('/Saga'),
  unknown('/sagas/a/b'),
  unknown('//sagas'),
  unknown('/constructor'),
  unknown('/%'),
  unknown('/%E0%A4%A'),
  unknown(`/${'x'.repeat(10_000)}`, `/${'x'.repeat(199)}`),
]

const KEY =
  'the header idempotency-key must be ASCII, which is percent-encoded UTF-8, without NUL, not empty, at most 4096 characters'
const keyed = (what: string, key: string, path: string): BadRequest => ({
  ...posting(path)(`idempotency-key ${what}`, path === '/saga' ? GOOD_CREATION : GOOD_EVENT, KEY),
  headers: { ...JSON_TYPE, 'idempotency-key': key },
})

export const KEYS: readonly BadRequest[] = ['/saga', '/event'].flatMap((path) => [
  keyed('empty', '', path),
  keyed('a lone %', '100%', path),
  keyed('half an escape', 'a%2', path),
  keyed('not hexadecimal', '%zz', path),
  keyed('not UTF-8', '%FF%FE', path),
  keyed('half a surrogate', '%ED%A0%80', path),
  keyed('4097 characters', 'k'.repeat(4_097), path),
  keyed('UTF-8 as three runtimes show it', 'caf\u00C3\u00A9', path),
  keyed('Latin-1', 'caf\u00E9', path),
  keyed('a tab', 'a\tb', path),
  keyed('DEL', 'a\u007Fb', path),
  keyed('NUL', 'a%00b', path),
  keyed('NUL at its end', 'a%00', path),
])

const filter = (query: string, message: string | RegExp): BadRequest => ({
  what: `GET /sagas?${query.slice(0, 60)}`,
  path: `/sagas?${query}`,
  status: 400,
  message,
})

const wait = (method: 'GET' | 'POST', path: string, query: string): BadRequest => ({
  ...posting(path)('', GOOD_CREATION, 'wait must be a whole number of seconds from 0 to 60, given once'),
  what: `${method} ${path}?${query}`,
  method,
  path: `${path}?${query}`,
  ...(method === 'GET' && { body: undefined, headers: {} }),
})

export const WAITS: readonly BadRequest[] = [
  '',
  '-1',
  '61',
  '1.5',
  '1e1',
  ' 5',
  'forever',
  '9999999999',
  '5&wait=5',
].flatMap((seconds) => [wait('GET', '/sagas/S', `wait=${seconds}`), wait('POST', '/saga', `wait=${seconds}`)])

const ISO = 'must be an ISO 8601 timestamp of a day that exists, such as 2026-01-31T12:00:00Z'
const A_MARK = 'lastAnswer must stand beside has=owed or has=dead-letters, whose commands have it'
const LIMIT = 'limit must be a whole number from 1 to 200'
export const FILTERS: readonly BadRequest[] = [
  filter('color=red', 'color is not a known filter'),
  filter('__proto__=1', /__proto__ is not a known filter/),
  filter('isFinal=yes', 'isFinal must be "true" or "false"'),
  filter('isFinal=', 'isFinal must be "true" or "false"'),
  filter('counts=yes', 'counts must be "true" or "false"'),
  filter('has=everything', 'has must be one of owed, dead-letters, parked, timer, hold'),
  filter('has=', /^has must be one of/),
  filter('enteredBefore=yesterday', `enteredBefore ${ISO}`),
  ...['0', '-1', '1.5', 'x', '', '1e2', '1000000000'].map((attempts) =>
    filter(`attemptsAtLeast=${attempts}`, 'attemptsAtLeast must be a whole number from 1 to 999999999'),
  ),
  filter('lastAnswer=503', A_MARK),
  filter('lastAnswer=503&has=parked', A_MARK),
  filter('lastAnswer=&has=owed', 'lastAnswer must not be empty'),
  filter('has=owed&has=hold', 'has is given more than once'),
  filter('since=yesterday', `since ${ISO}`),
  filter('until=2026-13-45T00:00:00Z', `until ${ISO}`),
  filter('since=2026-01-31', `since ${ISO}`),
  ...['2026-02-31', '2026-02-29', '1900-02-29', '2026-04-31', '2026-00-10', '2026-01-00'].flatMap((day) => [
    filter(`since=${day}T00:00:00Z`, `since ${ISO}`),
    filter(`until=${day}T00:00:00Z`, `until ${ISO}`),
  ]),
  ...['2026-01-31T24:00:00Z', '2026-01-31T12:00:60Z', '2026-01-31T12:00:00', '2026-01-31T12:00:00%2B24:00'].map(
    (time) => filter(`since=${time}`, `since ${ISO}`),
  ),
  ...['0', '201', '-1', '1.5', 'x', '', '1e2', '%20', '99999'].map((limit) => filter(`limit=${limit}`, LIMIT)),
  filter('cursor=', /^cursor .*is not a cursor of ours/),
  filter('cursor=abc', /^cursor .*is not a cursor of ours/),
  filter('cursor=123~%25', /^cursor .*is not a cursor of ours/),
  filter('cursor=~a', /^cursor .*is not a cursor of ours/),
  filter('limit=5&limit=6', 'limit is given more than once'),
  filter('isFinal=true&limit=0&since=x', `since ${ISO}; ${LIMIT}`),
]
