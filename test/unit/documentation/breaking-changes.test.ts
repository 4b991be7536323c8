import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { breakingChanges } from '../../../scripts/api/breaking-changes.ts'
import type { ComparedApi } from '../../../scripts/api/breaking-changes.ts'
import { describedRoutes, openApi } from '../../../scripts/api/open-api.ts'
import { ROOT } from '../../walls/tools.ts'

const RELEASED = readFileSync(join(ROOT, 'docs/api/released.openapi.json'), 'utf8')
const released = (): ComparedApi => JSON.parse(RELEASED) as ComparedApi

test('C7 the API breaks no caller of the last release', () => {
  expect(breakingChanges(released(), openApi(describedRoutes()) as ComparedApi)).toEqual([])
})

type Json = Readonly<Record<string, unknown>> | readonly unknown[]

/** The description of the release with another value at a path; `undefined` removes it. */
function edited(path: string, edit: (value: unknown) => unknown): ComparedApi {
  const after = editedAt(released() as unknown as Json, path.split(' '), edit)
  expect(JSON.stringify(after)).not.toBe(JSON.stringify(released()))
  return after as ComparedApi
}

function editedAt(value: Json, [key = '', ...rest]: readonly string[], edit: (value: unknown) => unknown): unknown {
  const copy = structuredClone(value) as Record<string, unknown>
  copy[key] = rest.length === 0 ? edit(copy[key]) : editedAt((copy[key] ?? {}) as Json, rest, edit)
  return Array.isArray(copy) ? copy.filter((one) => one !== undefined) : JSON.parse(JSON.stringify(copy))
}

const gone = () => undefined
const set = (value: unknown) => () => value
const added = (value: unknown) => (list: unknown) => [...(list as readonly unknown[]), value]
const OF = 'components schemas'

describe('C7 a breaking change is found and named', () => {
  test.each<[string, ComparedApi, string]>([
    ['a path', edited('paths /event', gone), '/event: the path is gone'],
    ['a method', edited('paths /sagas get', gone), 'GET /sagas: the method is gone'],
    ['an answer', edited('paths /sagas get responses 200', gone), 'GET /sagas: the answer 200 is gone'],
    [
      'a field of an answer',
      edited(`${OF} SagaCreated properties sagaId`, gone),
      'POST /saga: answer 200, sagaId: the field is gone',
    ],
    [
      'a field of an answer deep inside',
      edited(`${OF} SagaDocument properties history properties states items properties state`, gone),
      'GET /sagas/{sagaId}: answer 200, history.states.[].state: the field is gone',
    ],
    [
      'a field of an answer that may be absent',
      edited(`${OF} EventHandled required 2`, gone),
      'POST /event: answer 200, currentState: the field may be absent now',
    ],
    [
      'the type of a field of an answer',
      edited(`${OF} SagaCreated properties sagaId type`, set('number')),
      'POST /saga: answer 200, sagaId: the type was string and is number',
    ],
    [
      'a new required field of a request',
      edited(`${OF} SagaCreation required`, added('tenant')),
      'POST /saga: request body, tenant: the field is required now',
    ],
    [
      'a field of a request that is not taken',
      edited(`${OF} SagaCreation properties metadata`, gone),
      'POST /saga: request body, metadata: the field is gone',
    ],
    [
      'a narrower text of a request',
      edited(`${OF} Event properties key maxLength`, set(10)),
      'POST /event: request body, key: maxLength was 1024 and is 10',
    ],
    [
      'a narrower type of a request',
      edited(`${OF} Event properties key type`, set('integer')),
      'POST /event: request body, key: the type was string and is integer',
    ],
    ['a parameter', edited('paths /sagas get parameters 0', gone), 'GET /sagas: query parameter currentState is gone'],
    [
      'a required parameter',
      edited('paths /saga post parameters 0 required', set(true)),
      'POST /saga: header parameter idempotency-key is required now',
    ],
    [
      'a narrower parameter',
      edited('paths /sagas get parameters 6 schema maximum', set(100)),
      'GET /sagas: query parameter limit: maximum was 200 and is 100',
    ],
    [
      'a media type',
      edited('paths /documentation/yaml get responses 200 content', set({ 'text/plain': { schema: {} } })),
      'GET /documentation/yaml: answer 200 as application/yaml is gone',
    ],
    [
      'a value of an answer',
      edited(`${OF} EventHandled properties outcome enum 0`, set('advanced')),
      'POST /event: answer 200, outcome: "moved" is not answered any more',
    ],
    [
      'the format of a field of an answer',
      edited(`${OF} SagaDocument properties history properties states items properties timestamp format`, gone),
      'GET /sagas/{sagaId}: answer 200, history.states.[].timestamp: format was "date-time" and is absent',
    ],
    [
      'a header of an answer',
      edited('paths /saga post responses 503 headers', gone),
      'POST /saga: answer 503: the header Retry-After is gone',
    ],
    [
      'a limit of the fields of a request',
      edited(`${OF} SagaCreation properties metadata maxProperties`, set(5)),
      'POST /saga: request body, metadata: maxProperties was absent and is 5',
    ],
    [
      'the type of further fields of a request',
      edited(`${OF} SagaCreation properties metadata additionalProperties`, set({ type: 'string' })),
      'POST /saga: request body, metadata.*: the type was any value and is string',
    ],
    [
      'a default',
      edited('paths /sagas get parameters 6 schema default', set(10)),
      'GET /sagas: query parameter limit: default was 50 and is 10',
    ],
    [
      'a name in generated clients',
      edited('paths /saga post operationId', set('create')),
      'POST /saga: operationId, the name in generated clients, was createSaga',
    ],
    ['a token', edited('paths /-/ready get security', set([{ token: [] }])), 'GET /-/ready: a token is wanted now'],
  ])('C7 %s', (_, after, sentence) => {
    expect(breakingChanges(released(), after)).toContain(sentence)
  })
})

describe('C7 a change that breaks nobody is none', () => {
  test.each<[string, ComparedApi]>([
    ['a path', edited('paths /new', set({ get: { responses: {} } }))],
    ['a field of an answer', edited(`${OF} SagaCreated properties at`, set({}))],
    ['an optional field of a request', edited(`${OF} SagaCreation properties tags`, set({}))],
    ['a wider text', edited(`${OF} Event properties key maxLength`, set(2_048))],
    [
      'a wider type of a request',
      edited(`${OF} SagaCreation properties associatedEntityId`, (text) => ({
        anyOf: [text, { type: 'number' }],
        nullable: true,
      })),
    ],
    ['a further value of an answer', edited(`${OF} EventHandled properties outcome enum`, added('kept'))],
    ['an error status', edited('paths /saga post responses 429', set({ description: '' }))],
    ['a name in a path', JSON.parse(RELEASED.replaceAll('{sagaId}', '{id}')) as ComparedApi],
    ['words', edited('info title', set('Another'))],
  ])('C7 %s', (_, after) => {
    expect(breakingChanges(released(), after)).toEqual([])
  })
})
