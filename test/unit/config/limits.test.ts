import { describe, expect, it } from 'vitest'
import { writeValue } from '../../../scripts/finding-docs/write-value.ts'
import { accepted, problemsOf, withValue } from './files.ts'

const AT = 'communicationProtocols[0].configurations'
const A_RATE = 'commands a second, a number above zero and at most 1000000, or { "limit": 5, "by": "/customer/id" }'
const A_CONCURRENCY =
  'commands under way at once, a whole number from 1 to 1000000, or { "limit": 5, "by": "/customer/id" }'
const A_POINTER = 'a JSON pointer into the metadata, such as "/customer/id"'

describe('C2.5a limits of a channel', () => {
  it.each([
    ['a rate without its limit', 'rate', { by: '/a' }, '.rate.limit', 'nothing', A_RATE],
    ['a negative rate by key', 'rate', { limit: -1, by: '/a' }, '.rate.limit', '-1', A_RATE],
    ['half a send at once', 'concurrency', { limit: 1.5 }, '.concurrency.limit', '1.5', A_CONCURRENCY],
    ['a key that is no pointer', 'rate', { limit: 1, by: 'customer.id' }, '.rate.by', '"customer.id"', A_POINTER],
    ['a key that is the whole metadata', 'rate', { limit: 1, by: '' }, '.rate.by', 'an empty string', A_POINTER],
    ['a pointer with a wrong escape', 'rate', { limit: 1, by: '/a~2' }, '.rate.by', '"/a~2"', A_POINTER],
    ['a key that is a list', 'rate', { limit: 1, by: ['a'] }, '.rate.by', 'an array', A_POINTER],
  ])('%s', async (_, key, value, path, found, expected) => {
    expect(await problemsOf(withValue(`${AT}.${key}`, value))).toEqual([
      `${AT}${path}: found ${found}, expected ${expected}`,
    ])
  })

  it('two kinds of key', async () => {
    const file = withValue(`${AT}.rate`, { limit: 1, by: '/a' })
    writeValue(file, `${AT}.concurrency`, { limit: 1, by: '/b' })
    expect(await problemsOf(file)).toEqual([
      `${AT}.concurrency: found an object, expected the same "by" as that of "rate": the commands of a channel have one key`,
    ])
  })

  it.each([
    ['rate', { limit: 0.5, by: '/a~1b/~0/0' }, { rate: { limit: 0.5, by: ['a/b', '~', '0'] } }],
    ['rate', { limit: 3 }, { rate: { limit: 3 } }],
    ['rate', 2.5, { rate: { limit: 2.5 } }],
    ['concurrency', 3, { concurrency: { limit: 3 } }],
  ])('%s: %j', async (key, value, limits) => {
    const { channels } = (await accepted(withValue(`communicationProtocols[2].configurations.${key}`, value))).value
    expect(channels[2]?.configurations).toMatchObject({ limits, timeout: 10_000 })
  })
})
