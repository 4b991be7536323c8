import { describe, expect, it } from 'vitest'
import { accepted, problemsOf, withValue, type Tree } from './files.ts'

const CHANNEL = 'communicationProtocols[0].configurations'
const REST = { protocol: 'http', method: 'PUT' }

function channel(settings: object): Tree {
  return withValue(CHANNEL, { ...REST, ...settings })
}

function store(type: string, configurations: object): Tree {
  return withValue('persistencyManagement', { type, configurations })
}

/** Hosts that no network can reach. */
const HOPELESS = [
  ['a placeholder', '<host>'],
  ['another placeholder', '{{HOST}}'],
  ['a variable', '$HOST'],
  ['an IPv4 address beyond 255', '10.0.0.256'],
  ['an IPv4 address of five numbers', '1.2.3.4.5'],
  ['a number', '1234'],
  ['a number in brackets', '[1234]'],
  ['an IPv6 address with a zone', '[fe80::1%eth0]'],
  ['an IPv6 address without brackets', '::1'],
  ['a per cent sign', '%'],
  ['an encoded letter', 'a%41'],
  ['a bar', 'a|b'],
  ['a caret', '^'],
  ['a comma', 'a,b'],
  ['a blank', 'a b'],
  ['an empty label', 'a..b'],
  ['a label of 64 characters', 'x'.repeat(64)],
  ['a name of 254 characters', `${'abc.'.repeat(63)}ab`],
  ['a scheme', 'kafka://h'],
  ['a backslash', String.raw`a\b`],
  ['a control character', 'a\u0000'],
  ['a query', 'h?a=b'],
  ['a fragment', 'h#a'],
  ['nothing', ''],
] as const

describe.each(HOPELESS)('C2.3 a host that is %s', (_, host) => {
  it.each([
    ['a channel', `${CHANNEL}.endpoint`, channel({ endpoint: host })],
    ['a channel, with a port', `${CHANNEL}.endpoint`, channel({ endpoint: `${host}:80` })],
    ['a rest store', 'persistencyManagement.configurations.endpoint', store('rest', { ...REST, endpoint: host })],
    ['a crud store', 'persistencyManagement.configurations.host', store('crud', { collectionName: 's', host })],
  ])('C1.2 is a problem of %s, with its place', async (_where, place, file) => {
    expect(await problemsOf(file)).toEqual([expect.stringContaining(`${place}: found `)])
  })
})

describe('C2.3 an endpoint', () => {
  it.each([
    ['orders.internal', 'orders.internal', undefined, '/p'],
    ['orders.internal.', 'orders.internal.', undefined, '/p'],
    ['a_b', 'a_b', undefined, '/p'],
    ['münchen.example', 'münchen.example', undefined, '/p'],
    ['10.0.0.255', '10.0.0.255', undefined, '/p'],
    ['127.1', '127.1', undefined, '/p'],
    ['[::1]', '[::1]', undefined, '/p'],
    ['h:8080', 'h', 8_080, '/p'],
    ['[::1]:8080', '[::1]', 8_080, '/p'],
    ['h/base', 'h', undefined, '/base/p'],
    ['h:8080/v1/base', 'h', 8_080, '/v1/base/p'],
  ])('%s', async (endpoint, host, port, path) => {
    const { value } = await accepted(channel({ endpoint, path: '/p' }))
    expect(value.channels[0]?.configurations).toMatchObject({ endpoint: host, path, ...(port && { port }) })
    const other = await accepted(store('rest', { ...REST, endpoint, path: '/p' }))
    expect(other.value.persistency?.configurations).toMatchObject({ endpoint: host, path, ...(port && { port }) })
  })

  it.each(['h/', 'h/a/', 'h/a?b', 'h/a#b', String.raw`h/a\b`, 'h:0', 'h:65536', 'h:', 'h:a'])(
    'not %s',
    async (endpoint) => {
      expect(await problemsOf(channel({ endpoint }))).toHaveLength(1)
    },
  )

  it('with a second port is a problem, even with the same number', async () => {
    const problems = await problemsOf(store('rest', { ...REST, endpoint: 'h:80', port: 80 }))
    expect(problems).toEqual([
      'persistencyManagement.configurations.port: found 80, expected no port beside the one in "endpoint"',
    ])
  })
})

describe('C2.6 an endpoint that is refused', () => {
  it.each([
    ['hunter2@host', '"[redacted]@host"'],
    ['me:hunter2@host', '"[redacted]@host"'],
    ['me:hunter2', '"me:[redacted]"'],
    ['https://me:hunter2@host', '"https://[redacted]@host"'],
    ['https://host?key=hunter2', '"https://host?[redacted]"'],
    ['host/hook?hunter2', '"host/hook?[redacted]"'],
    ['me:hunter2%40host', '"[redacted]@host"'],
    ['10.0.0.256:80', '"10.0.0.256:80"'],
    ['http://127.0.0.1:3001/a', '"http://127.0.0.1:3001/a"'],
  ])('%s is shown as %s', async (endpoint, found) => {
    for (const file of [channel({ endpoint }), store('rest', { ...REST, endpoint })]) {
      const [problem] = await problemsOf(file)
      expect(problem).toContain(`.endpoint: found ${found}, expected`)
    }
    const [problem] = await problemsOf(store('crud', { collectionName: 's', host: endpoint }))
    expect(problem).toContain(`.host: found ${found}, expected`)
  })
})

describe('C2.3 a path', () => {
  it.each(['/', '/a b', '/é', '/a/../b', '/a%3Fb', '/a?b=c', '/a;b', '/a@b'])(
    '%s is accepted for a channel',
    async (path) => {
      const { value } = await accepted(channel({ endpoint: 'h', path }))
      expect(value.channels[0]?.configurations).toMatchObject({ path })
    },
  )

  it('of a store has no query, since the ids of sagas are appended to the path', async () => {
    const problems = await problemsOf(store('rest', { ...REST, endpoint: 'h', path: '/sagas?tenant=a' }))
    expect(problems).toEqual([expect.stringContaining('.path: found "/sagas?[redacted]", expected a path without "?"')])
  })

  it.each(['sagas', '/sagas', 'v1/sagas', 'CRUD COLLECTION URL PATH'])(
    'C2.4 the collection %s is accepted',
    async (name) => {
      await accepted(store('crud', { collectionName: name }))
    },
  )
})
