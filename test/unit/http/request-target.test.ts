import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isHost, pathOf, BAD_TARGET_PATH } from '../../../src/http/request-target.ts'

const path = (url: string, host?: string) => pathOf({ url, headers: new Headers(host === undefined ? {} : { host }) })

describe('the path of a request', () => {
  test.each([
    ['as Node, Deno and workerd give it', 'http://x/sagas/a?b=/c', '/sagas/a'],
    ['as Bun gives it without a host', '/-/healthz', '/-/healthz'],
    ['absolute, of another host', 'http://other:80/-/healthz', '/-/healthz'],
    ['absolute, with a user', 'http://u:p@other/-/healthz', '/-/healthz'],
    ['absolute over TLS', 'https://other/saga', '/saga'],
    ['absolute, without a path', 'http://other', '/'],
    ['absolute, a query and no path', 'http://other?/-/healthz', '/'],
    ['absolute, a fragment and no path', 'http://other#/-/healthz', '/'],
    ['two slashes', 'http://x//other/-/healthz', '//other/-/healthz'],
    ['dots', 'http://x/a/../-/healthz', '/-/healthz'],
    ['dots that are encoded', 'http://x/a/%2E%2e/-/healthz', '/-/healthz'],
    ['a fragment', 'http://x/-/healthz#/sagas', '/-/healthz'],
    ['an id that is encoded', 'http://x/sagas/a%2Fb%25', '/sagas/a%2Fb%25'],
    ['CONNECT', 'http://x:80', '/'],
    ['a backslash in the query', 'http://x/sagas?a=\\', '/sagas'],
    ['a backslash in the path', 'http://x/-\\healthz', BAD_TARGET_PATH],
    ['another scheme', 'foo://x/-/healthz', BAD_TARGET_PATH],
    ['none at all', 'x:80', BAD_TARGET_PATH],
  ])('C7 %s', (_, url, expected) => {
    expect(path(url)).toBe(expected)
    expect(path(url, 'x')).toBe(expected)
  })

  test('C7 no header chooses the route: the path is the target’s or the request is 400', () => {
    const header = fc.string({ unit: fc.constantFrom(...'x/sagas?#\\@:%[]., 0'.split('')) })
    fc.assert(
      fc.property(header, (host) => {
        const clean = host.trim()
        for (const url of [`http://${clean}/-/healthz`, '/-/healthz'])
          expect(['/-/healthz', BAD_TARGET_PATH]).toContain(path(url, clean))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('C7 the header host', () => {
  test.each([
    'x',
    'a.b-c.d',
    'my_service.ns',
    '10.0.0.1:3000',
    '[::1]',
    '[::1]:80',
    '[::ffff:1.2.3.4]',
    'x:',
    'X.Y:65535',
  ])('is one: %s', (host) => expect(isHost(host)).toBe(true))

  test.each([
    '',
    'x/sagas?',
    'x#',
    'x\\y',
    'u@x',
    'x y',
    'x, y',
    'x,x',
    'x%2f',
    'x:80a',
    'x:65536',
    'x:1:2',
    '[::1',
    '::1',
    'ü',
    'x'.repeat(256),
    `${'['.repeat(60_000)}`,
  ])('is none: %.20s', (host) => expect(isHost(host)).toBe(false))
})
