import { describe, expect, test } from 'vitest'
import {
  decodeCreation,
  decodeEvent,
  decodeValue,
  encodeCommand,
  encodeValue,
  LONGEST_NAME,
} from '../../../src/codec/message.ts'
import { parseJson } from '../../../src/codec/json.ts'

const FIELDS = { id: 'e1', trace: 'T', headers: { miauserid: 'u' } }
const LONG = 'x'.repeat(LONGEST_NAME + 1)
const MESSAGE = { messageLabel: 'paid', messagePayload: { a: 1 } }

function whyOf(decoded: { readonly ok: boolean; readonly why?: string }): string | undefined {
  return decoded.ok ? undefined : decoded.why
}

describe('C3.4 the body of an event', () => {
  test('it has a key and a value; null is an empty payload', () => {
    expect(decodeEvent({ key: 's', value: MESSAGE }, FIELDS)).toEqual({
      ok: true,
      value: { ...FIELDS, sagaId: 's', label: 'paid', payload: { a: 1 } },
    })
    const empty = decodeEvent({ key: 's', value: { ...MESSAGE, messagePayload: null } }, FIELDS)
    expect(empty).toMatchObject({ value: { payload: {} } })
    const names = { key: LONG.slice(1), value: { ...MESSAGE, messageLabel: LONG.slice(1) } }
    expect(decodeEvent(names, FIELDS).ok).toBe(true)
  })

  test.each<[body: unknown, why: string]>([
    [null, 'the body must be an object with key and value'],
    [[], 'the body must be an object with key and value'],
    ['x', 'the body must be an object with key and value'],
    [{}, 'key is missing; value is missing'],
    [{ key: 's', value: 1 }, 'value must be an object with messageLabel and messagePayload'],
    [{ key: 's', value: [] }, 'value must be an object with messageLabel and messagePayload'],
    [{ key: 's', value: {} }, 'value.messageLabel is missing; value.messagePayload is missing'],
    [{ key: 1, value: MESSAGE }, 'key must be a string'],
    [{ key: '', value: MESSAGE }, 'key must not be empty'],
    [{ key: LONG, value: MESSAGE }, 'key must not be longer than 1024 characters'],
    [{ key: 's', value: MESSAGE, more: 1 }, 'more is not a known field'],
    [{ key: 's', value: { ...MESSAGE, more: 1 } }, 'value.more is not a known field'],
    [{ key: 's', value: { ...MESSAGE, messageLabel: '' } }, 'value.messageLabel must not be empty'],
    [{ key: 's', value: { ...MESSAGE, messagePayload: [] } }, 'value.messagePayload must be an object'],
    [{ key: 's', value: { ...MESSAGE, messagePayload: 'x' } }, 'value.messagePayload must be an object'],
  ])('%j: %s', (body, why) => expect(whyOf(decodeEvent(body, FIELDS))).toBe(why))
})

describe('C3.3 the value of a record', () => {
  const fields = { ...FIELDS, sagaId: 's' }

  test('it has label and payload, and further fields are ignored', () => {
    const value = { ...fields, label: 'paid', payload: { a: 1 } }
    expect(decodeValue({ ...MESSAGE, more: 1 }, fields)).toEqual({ ok: true, value })
    expect(decodeValue({ ...MESSAGE, messagePayload: null }, fields)).toMatchObject({ value: { payload: {} } })
    expect(decodeValue({ ...MESSAGE, messageLabel: LONG.slice(1) }, fields).ok).toBe(true)
  })

  test.each<[value: unknown, why: string]>([
    [null, 'the value must be an object with messageLabel and messagePayload'],
    [[MESSAGE], 'the value must be an object with messageLabel and messagePayload'],
    ['x', 'the value must be an object with messageLabel and messagePayload'],
    [undefined, 'the value must be an object with messageLabel and messagePayload'],
    [{}, 'messageLabel is missing; messagePayload is missing'],
    [{ ...MESSAGE, messageLabel: '' }, 'messageLabel must not be empty'],
    [{ ...MESSAGE, messageLabel: 5 }, 'messageLabel must be a string'],
    [{ ...MESSAGE, messageLabel: LONG }, 'messageLabel must not be longer than 1024 characters'],
    [{ ...MESSAGE, messagePayload: [] }, 'messagePayload must be an object'],
    [{ ...MESSAGE, messagePayload: 5 }, 'messagePayload must be an object'],
    [{ messageLabel: 'paid' }, 'messagePayload is missing'],
  ])('%j: %s', (value, why) => expect(whyOf(decodeValue(value, fields))).toBe(why))
})

describe('C7 the body of a creation', () => {
  test.each<[id: unknown, entity: string]>([
    ['o-1', 'o-1'],
    [17, '17'],
    [null, ''],
    ['', ''],
  ])('the entity %j is %j', (associatedEntityId, entity) => {
    expect(decodeCreation({ associatedEntityId, metadata: { a: 1 } })).toEqual({
      ok: true,
      value: { associatedEntityId: entity, metadata: { a: 1 } },
    })
  })

  test('an integer that no double holds keeps its digits, alone and beside others', () => {
    const entityOf = (text: string) => {
      const body = parseJson(text)
      const decoded = body.ok ? decodeCreation(body.value, body.inexact) : undefined
      return decoded?.ok === true ? decoded.value.associatedEntityId : undefined
    }
    expect(entityOf('{"associatedEntityId": 12345678901234567891, "metadata": {}}')).toBe('12345678901234567891')
    expect(entityOf('{"associatedEntityId": 7, "metadata": {"a": 12345678901234567891}}')).toBe('7')
    expect(entityOf('{"associatedEntityId": "x", "metadata": {"a": 12345678901234567891}}')).toBe('x')
    expect(entityOf('{"associatedEntityId": "x0.5e3", "metadata": {"a": 12345678901234567891}}')).toBe('x0.5e3')
    expect(entityOf('{"associatedEntityId": null, "metadata": {"a": 12345678901234567891}}')).toBe('')
    expect(entityOf('{"metadata": {"a": 12345678901234567891}}')).toBeUndefined()
  })

  test.each<[body: unknown, why: string]>([
    [null, 'the body must be an object with associatedEntityId and metadata'],
    [[], 'the body must be an object with associatedEntityId and metadata'],
    [{}, 'associatedEntityId is missing; metadata is missing'],
    [{ associatedEntityId: true, metadata: {} }, 'associatedEntityId must be a string, a number or null'],
    [{ associatedEntityId: LONG, metadata: {} }, 'associatedEntityId must not be longer than 1024 characters'],
    [{ associatedEntityId: 'o', metadata: null }, 'metadata must be an object'],
    [{ associatedEntityId: 'o', metadata: [] }, 'metadata must be an object'],
    [{ associatedEntityId: 'o', metadata: {}, more: 1 }, 'more is not a known field'],
  ])('%j: %s', (body, why) => expect(whyOf(decodeCreation(body))).toBe(why))

  test('own keys named as those of prototypes stay', () => {
    const body = JSON.parse('{"associatedEntityId":"o","metadata":{"__proto__":{"x":1}}}') as unknown
    const decoded = decodeCreation(body)
    expect(decoded.ok && Object.keys(decoded.value.metadata)).toEqual(['__proto__'])
  })
})

describe('C3.1 C3.2 a command as it is sent', () => {
  const command = { id: 's/0/0', sagaId: 's', label: 'pay', channel: 'bank', payload: { a: 1 } }

  test('its label and payload, over REST with the key', () => {
    expect(encodeCommand(command)).toBe('{"key":"s","value":{"messageLabel":"pay","messagePayload":{"a":1}}}')
    expect(encodeValue(command)).toBe('{"messageLabel":"pay","messagePayload":{"a":1}}')
  })

  test('C2.7 the message of a hook stands for all of it', () => {
    expect([encodeCommand, encodeValue].map((encode) => encode({ ...command, body: '{"b":2}' }))).toEqual([
      '{"b":2}',
      '{"b":2}',
    ])
  })
})
