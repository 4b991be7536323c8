import { describe, expect, test } from 'vitest'
import { BatutaError, reasonOf } from '../../src/errors.ts'

describe('why something was thrown', () => {
  test('with everything behind it, on one line', () => {
    const refused = new AggregateError([new Error('connect ECONNREFUSED ::1:1'), new Error('…')], '')
    const thrown = new TypeError('fetch failed', { cause: new Error('error sending\n request', { cause: refused }) })
    expect(reasonOf(thrown)).toBe('fetch failed: error sending request: connect ECONNREFUSED ::1:1')
  })

  test('nothing is said twice', () => {
    expect(reasonOf(new Error('no: it is down', { cause: new Error('it is down') }))).toBe('no: it is down')
  })

  test('causes that go round come to an end', () => {
    const [one, other] = [new Error('a'), new Error('b')]
    one.cause = other
    other.cause = one
    expect(reasonOf(one)).toMatch(/^a: b/)
  })

  test('C2.6 an error of ours says it all, and its cause may hold a secret', () => {
    expect(reasonOf(new BatutaError('store-unavailable', 'read\n  it', new Error('hunter2')))).toBe('read\n  it')
    const foreign = Object.assign(new Error('read it', { cause: 'hunter2' }), { code: 'store-unavailable' })
    expect(reasonOf(foreign)).toBe('read it')
  })

  test.each([undefined, null, 'text', 7, true])('whatever it is: %s', (thrown) => {
    expect(reasonOf(thrown)).toBe(String(thrown))
  })
})
