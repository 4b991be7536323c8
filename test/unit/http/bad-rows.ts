/** One bad request: what is sent, and what must come back. */
export interface Row {
  readonly what: string
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  readonly status: number
  /** Whole, or a part that names the field. */
  readonly message: string | RegExp
  /** Headers that the answer must have. */
  readonly answers?: Readonly<Record<string, string>>
}

const LONG = 'x'.repeat(1_025)
const JSON_TYPE = { 'content-type': 'application/json' }
const GOOD_EVENT = { key: 'S', value: { messageLabel: 'answered', messagePayload: {} } }
const GOOD_CREATION = { associatedEntityId: 'e', metadata: {} }

function posting(path: string) {
  return (what: string, body: unknown, message: string | RegExp, status = 400): Row => ({
    what: `${path} ${what}`,
    method: 'POST',
    path,
    headers: JSON_TYPE,
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    status,
    message,
  })
}

const event = posting('/event')
const saga = posting('/saga')
const value = (part: unknown) => ({ key: 'S', value: part })
const VALUE = 'value must be an object with messageLabel and messagePayload'
const WHOLE_EVENT = 'the body must be an object with key and value'
const WHOLE_SAGA = 'the body must be an object with associatedEntityId and metadata'

export const FIELDS: readonly Row[] = [
  event('an empty object', {}, 'key is missing; value is missing'),
  event('no key', { value: GOOD_EVENT.value }, 'key is missing'),
  event('key null', { ...GOOD_EVENT, key: null }, 'key must be a string'),
  event('key a number', { ...GOOD_EVENT, key: 7 }, 'key must be a string'),
  event('key empty', { ...GOOD_EVENT, key: '' }, 'key must not be empty'),
  event('key too long', { ...GOOD_EVENT, key: LONG }, 'key must not be longer than 1024 characters'),
  event('no value', { key: 'S' }, 'value is missing'),
  event('value null', value(null), VALUE),
  event('value an array', value([]), /^value/),
  event('value a text', value('answered'), VALUE),
  event('value empty', value({}), 'value.messageLabel is missing; value.messagePayload is missing'),
  event('no label', value({ messagePayload: {} }), 'value.messageLabel is missing'),
  event('label null', value({ messageLabel: null, messagePayload: {} }), 'value.messageLabel must be a string'),
  event('label empty', value({ messageLabel: '', messagePayload: {} }), 'value.messageLabel must not be empty'),
  event('label too long', value({ messageLabel: LONG, messagePayload: {} }), /^value.messageLabel must not be longer/),
  event('no payload', value({ messageLabel: 'answered' }), 'value.messagePayload is missing'),
  ...[null, 7, 'text', true, []].map((payload) =>
    event(
      `payload ${JSON.stringify(payload)}`,
      value({ messageLabel: 'answered', messagePayload: payload }),
      'value.messagePayload must be an object',
    ),
  ),
  event('an unknown field', { ...GOOD_EVENT, extra: 1 }, 'extra is not a known field'),
  event('an unknown field inside', value({ ...GOOD_EVENT.value, id: 1 }), 'value.id is not a known field'),
  event(
    'a field __proto__',
    '{"key":"S","value":{"messageLabel":"a","messagePayload":{}},"__proto__":{}}',
    /__proto__/,
  ),
  event('two at once', { key: 7, value: { messageLabel: 7 } }, /key must be a string; value.messageLabel must be/),
  saga('an empty object', {}, 'associatedEntityId is missing; metadata is missing'),
  saga('no entity', { metadata: {} }, 'associatedEntityId is missing'),
  saga('entity null', { ...GOOD_CREATION, associatedEntityId: null }, 'associatedEntityId must be a string'),
  saga('entity a number', { ...GOOD_CREATION, associatedEntityId: 7 }, 'associatedEntityId must be a string'),
  saga('entity too long', { ...GOOD_CREATION, associatedEntityId: LONG }, /^associatedEntityId must not be longer/),
  saga('no metadata', { associatedEntityId: 'e' }, 'metadata is missing'),
  ...[null, 7, 'text', false, []].map((metadata) =>
    saga(`metadata ${JSON.stringify(metadata)}`, { associatedEntityId: 'e', metadata }, 'metadata must be an object'),
  ),
  saga('an unknown field', { ...GOOD_CREATION, sagaId: 'mine' }, 'sagaId is not a known field'),
  saga('a field constructor', { ...GOOD_CREATION, constructor: 1 }, 'constructor is not a known field'),
  saga('a field __proto__', '{"associatedEntityId":"e","metadata":{},"__proto__":{}}', /__proto__/),
]

const deep = (levels: number) =>
  `{"associatedEntityId":"e","metadata":{"d":${'['.repeat(levels)}${']'.repeat(levels)}}}`

export const BODIES: readonly Row[] = [event, saga].flatMap((post) => [
  post('no body', '', 'the body is empty; expected a JSON object'),
  post('blanks', '  \n ', 'the body is not valid JSON'),
  post('cut short', '{"key":"S","value":{', 'the body is not valid JSON'),
  post('a trailing comma', '{"key":"S",}', 'the body is not valid JSON'),
  post('two values', '{} {}', 'the body is not valid JSON'),
  post('single quotes', "{'key':'S'}", 'the body is not valid JSON'),
  post('NaN', '{"key":NaN}', 'the body is not valid JSON'),
  post('not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 'the body is not UTF-8'),
  post('ten thousand levels', deep(10_000), 'the body nests deeper than 500 levels'),
  post('ten thousand open brackets', '['.repeat(10_000), 'the body nests deeper than 500 levels'),
  post('brackets after a backslash', `{"a\\\\":${'['.repeat(600)}`, 'the body nests deeper than 500 levels'),
  post('too large', `{"associatedEntityId":"${'x'.repeat(100_000)}"}`, 'the body is larger than 100000 bytes', 413),
  ...['null', '7', '"text"', 'true'].map((json) =>
    post(`the body ${json}`, json, post === event ? WHOLE_EVENT : WHOLE_SAGA),
  ),
  post('the body []', '[]', post === event ? /key/ : /associatedEntityId/),
])

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
