/** A bad request and its expected answer. */
export interface BadRequest {
  readonly what: string
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  readonly status: number
  /** The whole message, or a pattern that names the field. */
  readonly message: string | RegExp
  /** Expected headers of the answer. */
  readonly answers?: Readonly<Record<string, string>>
}

const LONG = 'x'.repeat(1_025)
export const JSON_TYPE = { 'content-type': 'application/json' }
export const GOOD_EVENT = { key: 'S', value: { messageLabel: 'answered', messagePayload: {} } }
export const GOOD_CREATION = { associatedEntityId: 'e', metadata: {} }

export function posting(path: string) {
  return (what: string, body: unknown, message: string | RegExp): BadRequest => ({
    what: `${path} ${what}`,
    method: 'POST',
    path,
    headers: JSON_TYPE,
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    status: 400,
    message,
  })
}

const event = posting('/event')
const saga = posting('/saga')
const value = (part: unknown) => ({ key: 'S', value: part })
const VALUE = 'value must be an object with messageLabel and messagePayload'
const WHOLE_EVENT = 'the body must be an object with key and value'
const AN_ID = 'associatedEntityId must be a string, a number or null'
const WHOLE_SAGA = 'the body must be an object with associatedEntityId and metadata'

export const FIELDS: readonly BadRequest[] = [
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
  ...[7, 'text', true, []].map((payload) =>
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
  ...[true, [], {}, ['e']].map((id) =>
    saga(`entity ${JSON.stringify(id)}`, { ...GOOD_CREATION, associatedEntityId: id }, AN_ID),
  ),
  saga('entity too long', { ...GOOD_CREATION, associatedEntityId: LONG }, /^associatedEntityId must not be longer/),
  saga(
    'entity of too many digits',
    `{"associatedEntityId":1${'0'.repeat(1_024)},"metadata":{}}`,
    /^associatedEntityId must not be longer/,
  ),
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

export const BODIES: readonly BadRequest[] = [event, saga].flatMap((post) => [
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
  post('brackets after a backslash', `{"a\\\\":${'['.repeat(1_200)}`, 'the body nests deeper than 500 levels'),
  { ...post('too large', `"${'x'.repeat(100_000)}"`, 'the body is larger than 100000 bytes'), status: 413 },
  ...['null', '7', '"text"', 'true'].map((json) =>
    post(`the body ${json}`, json, post === event ? WHOLE_EVENT : WHOLE_SAGA),
  ),
  post('the body []', '[]', /^the body must be an object with /),
])
