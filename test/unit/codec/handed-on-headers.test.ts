import { expect, test } from 'vitest'
import { isHandedOn, selectHeaders } from '../../../src/codec/handed-on-headers.ts'

const LIMITS = { count: 3, bytes: 40 }
const select = (values: Readonly<Record<string, string>>, names = Object.keys(values)) =>
  selectHeaders(names, (name) => values[name], LIMITS)

test('C3.6 only named headers are selected, in the order of the names', () => {
  const values = { 'x-other': 'no', miauserid: 'u', 'x-request-id': 'r' }
  const selected = select(values, ['x-request-id', 'miauserid', 'cookie'])
  expect(Object.entries(selected?.headers ?? {})).toEqual([
    ['x-request-id', 'r'],
    ['miauserid', 'u'],
  ])
  expect(selected?.leftOut).toEqual([])
})

test('C3.6 a message with none of them costs nothing', () => {
  expect(select({ 'x-other': 'no' }, ['miauserid'])).toBeUndefined()
  expect(select({ miauserid: '' })).toBeUndefined()
})

test('C3.6 blanks around a value are not part of it; an empty value is none', () => {
  expect(select({ a: ' \t v\tw \t', b: ' \t ' })).toEqual({ headers: { a: 'v\tw' }, leftOut: [] })
  expect(select({ a: '\u00A0v\u00A0' })?.headers).toEqual({ a: '\u00A0v\u00A0' }) // part of a character in UTF-8
})

test.each(['\r\n', '\n', '\r', '\u0000', '\u0001', '\u001F', '\u007F', '\u0100', '\uFFFD', '€'])(
  'C3.6 a value with %j is left out, and the others are not',
  (odd) => {
    expect(select({ a: `v${odd}w`, b: 'v' })).toEqual({
      headers: { b: 'v' },
      leftOut: [{ name: 'a', reason: 'malformed' }],
    })
    expect(select({ a: `v${odd}w` })?.headers).toBeUndefined()
  },
)

test('C3.6 every byte beyond ASCII is handed on', () => {
  const bytes = String.fromCharCode(...Array.from({ length: 30 }, (_, at) => 0x80 + at))
  expect(select({ a: bytes })?.headers).toEqual({ a: bytes })
})

test('C3.6 the number of headers and their bytes have limits', () => {
  expect(select({ a: '1', b: '2', c: '3', d: '4', e: '5' })).toEqual({
    headers: { a: '1', b: '2', c: '3' },
    leftOut: [
      { name: 'd', reason: 'too-many' },
      { name: 'e', reason: 'too-many' },
    ],
  })
  expect(select({ a: 'x'.repeat(40), b: 'x'.repeat(39), c: '3' })).toEqual({
    headers: { b: 'x'.repeat(39) },
    leftOut: [
      { name: 'a', reason: 'too-large' },
      { name: 'c', reason: 'too-large' },
    ],
  })
})

test('P29 a stored object is one of headers where each can be sent', () => {
  expect(isHandedOn({ 'x-a.b$c': 'v \u00FF' })).toBe(true)
  for (const odd of [{ '': 'v' }, { 'X-A': 'v' }, { 'a:': 'v' }, { a: 1 }, { a: 'v\n' }])
    expect(isHandedOn(odd)).toBe(false)
})
