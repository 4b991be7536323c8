import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { restChannel } from '../../adapters/channel/rest.ts'
import type { RestChannelOptions } from '../../adapters/channel/rest.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { consoleLog, webRuntime } from '../../adapters/runtime/web.ts'
import { Secret } from '../../src/config/secret.ts'
import type { Channel, Sent } from '../../src/ports/channel.ts'
import type { Fetch } from '../../src/ports/runtime.ts'
import { channelContract } from '../../testing/contract/channel.ts'
import { httpPeer } from './peer.ts'
import type { HttpPeer } from './peer.ts'

const FETCHES: Readonly<Record<string, Fetch>> = {
  'undici pool': nodeRuntime('silent').fetch,
  'platform fetch': webRuntime(
    'test',
    consoleLog('silent', () => undefined),
  ).fetch,
}

function open(fetch: Fetch, port: number, more: Partial<RestChannelOptions['configurations']> = {}): Channel {
  const configurations = {
    protocol: 'http',
    endpoint: '127.0.0.1',
    port,
    method: 'POST',
    path: '/commands',
    headers: {},
    timeout: 2_000,
    ...more,
  } as const
  return restChannel({ id: 'bank', configurations }, fetch)
}

const DATE = 'Mon, 30 Nov 2026 08:00:00 GMT'
const LATER = 'Mon, 30 Nov 2026 08:01:23 GMT'

const COMMAND = { id: 's/0/0', sagaId: 's', label: 'pay', channel: 'bank', payload: { n: 1 } }

for (const [name, fetch] of Object.entries(FETCHES)) {
  channelContract(`rest over the ${name}`, {
    async open(timeout) {
      const peer = await httpPeer()
      return { peer, channel: open(fetch, peer.port, { timeout }) }
    },
    unreachable: async (timeout) => open(fetch, await freePort(), { timeout }),
  })

  describe(`rest over the ${name}`, () => {
    let peer: HttpPeer | undefined
    afterEach(() => peer?.close())

    async function against(handler?: (response: ServerResponse) => void): Promise<HttpPeer> {
      peer = await httpPeer(handler)
      return peer
    }

    test('C2.3 method, path, port and headers are those of the configuration', async () => {
      const { port, requests } = await against()
      const headers = { Authorization: new Secret('Bearer hush'), 'X-Team': new Secret('payments') }
      await open(fetch, port, { method: 'PUT', path: '/a/b?c=d', headers }).send(COMMAND)
      expect(requests).toMatchObject([{ method: 'PUT', url: '/a/b?c=d' }])
      expect(requests[0]?.headers).toMatchObject({
        authorization: 'Bearer hush',
        'x-team': 'payments',
        'content-type': 'application/json',
        'idempotency-key': 's/0/0',
      })
    })

    test("C3.6 a configured header wins over one handed on, and so do the command's own", async () => {
      const { port, requests } = await against()
      const configured = { 'X-Team': new Secret('ours'), Authorization: new Secret('Bearer ours') }
      const own = { 'idempotency-key': 'no', 'content-type': 'text/plain', traceparent: 'no' }
      const headers = { 'x-team': 'theirs', authorization: 'Bearer theirs', miauserid: 'u', ...own }
      const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
      await open(fetch, port, { headers: configured }).send({ ...COMMAND, headers, trace })
      expect(requests[0]?.headers).toMatchObject({
        'x-team': 'ours',
        authorization: 'Bearer ours',
        miauserid: 'u',
        'idempotency-key': 's/0/0',
        'content-type': 'application/json',
        traceparent: trace,
      })
    })

    test('C3.2 the body has key and value and nothing else', async () => {
      const { port, requests } = await against()
      await open(fetch, port).send(COMMAND)
      expect(requests[0]?.body).toBe('{"key":"s","value":{"messageLabel":"pay","messagePayload":{"n":1}}}')
      expect(requests[0]?.headers).not.toHaveProperty('traceparent')
    })

    test.each([200, 201, 202, 204, 299])('C3.2 status %i is a success', async (status) => {
      const { port } = await against((response) => response.writeHead(status).end())
      expect(await open(fetch, port).send(COMMAND)).toEqual({ kind: 'delivered' })
    })

    test.each<[number, boolean]>([
      [301, false],
      [307, false],
      [400, false],
      [404, false],
      [408, true],
      [409, false],
      [425, true],
      [429, true],
      [500, true],
      [503, true],
    ])('P15 status %i is an answer; retryable: %s', async (status, retryable) => {
      const { port, requests } = await against((response) => response.writeHead(status, { location: '/other' }).end())
      expect(await open(fetch, port).send(COMMAND)).toEqual({ kind: 'rejected', status, retryable } satisfies Sent)
      expect(requests.map(({ url }) => url)).toEqual(['/commands']) // C2.3: redirects are not followed
    })

    test.each<[string, Record<string, string>, object]>([
      ['seconds', { 'retry-after': '7' }, { retryAfter: 7_000 }],
      ['a date, counted from that of the answer', { 'retry-after': LATER, date: DATE }, { retryAfter: 83_000 }],
      ['a date that has passed', { 'retry-after': DATE, date: LATER }, { retryAfter: 0 }],
      ['a date in an answer without one', { 'retry-after': LATER }, { retryAt: Date.parse(LATER) }],
      [
        'more seconds than a year has: the caller bounds them',
        { 'retry-after': '9'.repeat(400) },
        { retryAfter: 999_999_999_000 },
      ],
      ['a date of RFC 850', { 'retry-after': 'Monday, 30-Nov-26 08:01:23 GMT', date: DATE }, { retryAfter: 83_000 }],
      [
        'a date of RFC 850 in the last century',
        { 'retry-after': 'Sunday, 06-Nov-94 08:49:37 GMT', date: DATE },
        { retryAfter: 0 },
      ],
      ['a date of asctime', { 'retry-after': 'Mon Nov 30 08:01:23 2026', date: DATE }, { retryAfter: 83_000 }],
      ['a day of one digit', { 'retry-after': 'Tue Dec  1 08:00:00 2026', date: DATE }, { retryAfter: 86_400_000 }],
    ])('P15 Retry-After: %s', async (_, headers, expected) => {
      const { port } = await against((response) => {
        response.sendDate = false
        response.writeHead(503, headers).end()
      })
      const sent = await open(fetch, port).send(COMMAND)
      expect(sent).toEqual({ kind: 'rejected', status: 503, retryable: true, ...expected })
    })

    test.each(['soon', '-7', '7.5', '1e3', '7, 9', '0x10', 'Sun, 06 Nov 1994', 'Xyz, 99 Abc 1994 08:49:37 GMT', ''])(
      'P15 Retry-After: %j says nothing',
      async (value) => {
        const { port } = await against((response) => response.writeHead(503, { 'retry-after': value }).end())
        expect(Object.keys(await open(fetch, port).send(COMMAND)).sort()).toEqual(['kind', 'retryable', 'status'])
      },
    )

    test('P15 the first 1,000 bytes of a failed answer are kept', async () => {
      const { port } = await against((response) => response.writeHead(500).end(`no stock ${'ä'.repeat(5_000)}`))
      const answer = `no stock ${'ä'.repeat(495)}`
      expect(await open(fetch, port).send(COMMAND)).toMatchObject({ kind: 'rejected', status: 500, answer })
    })

    test('P15 a failed answer whose body is cut off is an answer', async () => {
      const { port } = await against((response) => {
        response.writeHead(500, { 'content-length': '100' }).write('half')
        setTimeout(() => response.destroy(), 20)
      })
      const sent = await open(fetch, port).send(COMMAND)
      expect(sent).toMatchObject({ kind: 'rejected', status: 500, retryable: true, answer: 'half' })
    })

    test('P15 the words of a failure whose status came in time are waited for a little longer', async () => {
      const { port } = await against((response) => {
        setTimeout(() => response.writeHead(500).flushHeaders(), 100)
        setTimeout(() => response.end('the till is jammed'), 450)
      })
      const sent = await open(fetch, port, { timeout: 300 }).send(COMMAND)
      expect(sent).toMatchObject({ kind: 'rejected', status: 500, answer: 'the till is jammed' })
    })

    test('P15 words that never end are kept as far as they came', async () => {
      const { port } = await against((response) => response.writeHead(500).write('the till'))
      const sent = await open(fetch, port, { timeout: 300 }).send(COMMAND)
      expect(sent).toMatchObject({ kind: 'rejected', status: 500, answer: 'the till' })
    })

    test('C2.6 P29 an answer is kept without the headers and the query that it repeats', async () => {
      const { port } = await against((response) => {
        response.writeHead(400).end('Bearer hush-hush, hush-hush, ho/me=%2F and visitor, but r-1')
      })
      const headers = { authorization: new Secret('Bearer hush-hush') }
      const handedOn = { miauserid: 'visitor', 'x-request-id': 'r-1' }
      const channel = open(fetch, port, { headers, path: '/a?b=ho%2Fme%3D%252F' })
      const answer = '[redacted], [redacted], [redacted] and [redacted], but r-1'
      expect(await channel.send({ ...COMMAND, headers: handedOn })).toMatchObject({ answer })
    })

    test('an endless answer body is bounded', async () => {
      const { port } = await against((response) => {
        response.writeHead(200)
        const more = setInterval(() => response.write('x'.repeat(65_536)), 1)
        response.on('close', () => clearInterval(more))
      })
      expect(await open(fetch, port, { timeout: 5_000 }).send(COMMAND)).toEqual({ kind: 'delivered' })
    })

    test('C3.2 a 2xx is a success although its body goes on past the time-out', async () => {
      const { port } = await against((response) => {
        response.writeHead(200)
        const more = setInterval(() => response.write('x'), 20)
        response.on('close', () => clearInterval(more))
      })
      expect(await open(fetch, port, { timeout: 300 }).send(COMMAND)).toEqual({ kind: 'delivered' })
    })

    test('a large answer body is drained, and connections are used again', async () => {
      const { port, received } = await against((response) => response.end('x'.repeat(100_000)))
      const channel = open(fetch, port)
      for (let at = 0; at < 20; at++) await channel.send(COMMAND)
      expect(received).toHaveLength(20)
      expect(peer?.connections).toBeLessThanOrEqual(3)
    })

    test('C2.6 the reason of a failure holds no header', async () => {
      const channel = open(fetch, await freePort(), { headers: { authorization: new Secret('hush') } })
      expect(JSON.stringify(await channel.send(COMMAND))).not.toContain('hush')
    })
  })
}

test('C3.6 P29 a host that cannot send a header unchanged sends nothing, and another host may', async () => {
  const peer = await httpPeer()
  const configurations = {
    protocol: 'http',
    endpoint: '127.0.0.1',
    port: peer.port,
    method: 'POST',
    path: '/',
    headers: {},
    timeout: 2_000,
  } as const
  const channel = restChannel({ id: 'bank', configurations }, FETCHES['platform fetch'] as Fetch, {
    read: (text) => text,
    write: (bytes) => (bytes.includes('\u00EB') ? undefined : bytes.toUpperCase()),
  })
  expect(await channel.send({ ...COMMAND, headers: { miauserid: 'u' } })).toEqual({ kind: 'delivered' })
  const sent = await channel.send({ ...COMMAND, headers: { miauserid: 'Zo\u00EB' } })
  expect(sent).toMatchObject({
    kind: 'unreachable',
    why: expect.stringContaining('cannot send the header miauserid unchanged'),
  })
  expect(JSON.stringify(sent)).not.toContain('Zo')
  expect(peer.requests.map(({ headers }) => headers['miauserid'])).toEqual(['U'])
  await peer.close()
})

describe('C2.6 a token in the query of the path', () => {
  const path = '/hook/ä?token=hunter2&b=ü'

  test.each(Object.keys(FETCHES))('is sent, and not told of a send over the %s that failed', async (name) => {
    const fetch = FETCHES[name] as Fetch
    const sent = await open(fetch, await freePort(), { path }).send(COMMAND)
    expect(sent).toMatchObject({ kind: 'unreachable', why: expect.stringContaining('/hook/ä?[redacted]: ') })
    expect(JSON.stringify(sent)).not.toContain('hunter2')
  })

  test('is not in the reason where the host repeats the URL, as Deno does', async () => {
    const said = [(url: string) => url, (url: string) => new URL(url).href, (url: string) => new URL(url).search]
    for (const spelling of said) {
      const fetch: Fetch = (url) =>
        Promise.reject(new Error(`error sending request for url (${spelling(url)}): refused`))
      const sent = await open(fetch, 1, { path }).send(COMMAND)
      expect(sent).toMatchObject({ why: expect.stringMatching(/ url \(.*\?\[redacted\]\): refused$/) })
      expect(JSON.stringify(sent)).not.toContain('hunter2')
    }
  })
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
