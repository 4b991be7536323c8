import { GOOD_CREATION, GOOD_EVENT, JSON_TYPE, posting } from './bad-rows.ts'
import type { Row } from './bad-rows.ts'

const typed = (type: string | undefined): Row => ({
  what: `content type ${type ?? 'absent'}`,
  method: 'POST',
  path: '/saga',
  headers: type === undefined ? {} : { 'content-type': type },
  body: new TextEncoder().encode(JSON.stringify(GOOD_CREATION)),
  status: 415,
  message: `the content type is "${type ?? ''}"; expected application/json`,
})

const TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b',
  'text/json',
  'json',
]
export const CONTENT_TYPES: readonly Row[] = [
  typed(undefined),
  ...[...TYPES, 'application/json; charset=latin1', 'application/jsonp', 'application/json, text/plain'].map(typed),
]

const refused = (method: string, path: string, allow: string): Row => ({
  what: `${method} ${path}`,
  method,
  path,
  status: 405,
  message: `${path} takes ${allow}, not ${method}`,
  answers: { allow },
})

export const METHODS: readonly Row[] = [
  ...['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].flatMap((method) => [
    refused(method, '/saga', 'POST'),
    refused(method, '/event', 'POST'),
  ]),
  ...['/sagas', '/sagas/S', '/machine-definition', '/configuration', '/-/healthz', '/-/ready', '/-/metrics'].flatMap(
    (path) => ['POST', 'DELETE'].map((method) => refused(method, path, 'GET, HEAD')),
  ),
]

const unknown = (path: string, shown = path): Row => ({
  what: `unknown route ${path.slice(0, 60)}`,
  path,
  status: 404,
  message: `there is no route GET ${shown}`,
})

export const ROUTES: readonly Row[] = [
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

const KEY = 'the header idempotency-key must be percent-encoded UTF-8, not empty, at most 4096 characters'
const keyed = (what: string, key: string, path: string): Row => ({
  ...posting(path)(`idempotency-key ${what}`, path === '/saga' ? GOOD_CREATION : GOOD_EVENT, KEY),
  headers: { ...JSON_TYPE, 'idempotency-key': key },
})

export const KEYS: readonly Row[] = ['/saga', '/event'].flatMap((path) => [
  keyed('empty', '', path),
  keyed('a lone %', '100%', path),
  keyed('half an escape', 'a%2', path),
  keyed('not hexadecimal', '%zz', path),
  keyed('not UTF-8', '%FF%FE', path),
  keyed('half a surrogate', '%ED%A0%80', path),
  keyed('4097 characters', 'k'.repeat(4_097), path),
])

const filter = (query: string, message: string | RegExp): Row => ({
  what: `GET /sagas?${query.slice(0, 60)}`,
  path: `/sagas?${query}`,
  status: 400,
  message,
})

const ISO = 'must be an ISO 8601 timestamp such as 2026-01-31T12:00:00Z'
const LIMIT = 'limit must be a whole number from 1 to 200'
export const FILTERS: readonly Row[] = [
  filter('color=red', 'color is not a known filter'),
  filter('__proto__=1', /__proto__ is not a known filter/),
  filter('isFinal=yes', 'isFinal must be "true" or "false"'),
  filter('isFinal=', 'isFinal must be "true" or "false"'),
  filter('since=yesterday', `since ${ISO}`),
  filter('until=2026-13-45T00:00:00Z', `until ${ISO}`),
  filter('since=2026-01-31', `since ${ISO}`),
  ...['0', '201', '-1', '1.5', 'x', '', '1e2', '%20', '99999'].map((limit) => filter(`limit=${limit}`, LIMIT)),
  filter('cursor=', /^cursor .*is not a cursor of ours/),
  filter('cursor=abc', /^cursor .*is not a cursor of ours/),
  filter('cursor=123~%25', /^cursor .*is not a cursor of ours/),
  filter('cursor=~a', /^cursor .*is not a cursor of ours/),
  filter('limit=5&limit=6', 'limit is given more than once'),
  filter('isFinal=true&limit=0&since=x', `since ${ISO}; ${LIMIT}`),
]
