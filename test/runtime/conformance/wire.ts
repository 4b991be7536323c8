import { networkInterfaces } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, eventually } from '../../services/client.ts'
import { connectRaw, exchange } from '../../services/raw.ts'
import { RunningWorker } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

const TOKEN = 'token-of-the-wire'
const HEALTH = '/-/healthz'
const BODY = '{"associatedEntityId":"e","metadata":{}}'
const CREATION = ['Content-Type: application/json', `Content-Length: ${BODY.length}`, `Authorization: Bearer ${TOKEN}`]
const CLOSE = 'Connection: close'

/** Requests as load balancers and old clients send them, which no client library makes. */
export function wire(tested: TestedRuntime): void {
  describe('the wire', () => {
    let stage: RunningWorker
    beforeAll(async () => {
      const headers = { authorization: `Bearer ${TOKEN}` }
      stage = await RunningWorker.open(tested, { headers, environment: { API_TOKEN: TOKEN } })
    })
    afterAll(() => stage?.close())
    const send = (lines: readonly string[], body = '') =>
      exchange(stage.worker.port, `${lines.join('\r\n')}\r\n\r\n${body}`)
    const get = (target: string, host: string) => send([`GET ${target} HTTP/1.1`, `Host: ${host}`, CLOSE])
    const lacks = (what: 'old-clients' | 'pipelining' | 'idle-connections') => tested.lacks?.includes(what) === true

    const TRICKS = [
      'x/sagas?',
      'x/-/healthz?',
      'x#',
      'x?',
      'x\\sagas?',
      'u@x',
      'u:p@x/sagas?',
      'x%2fsagas',
      'x y',
      'x:99999',
      '[::1',
    ]
    test.each(TRICKS)('C7 no header chooses the route: Host: %s is 400', async (host) => {
      for (const target of [HEALTH, '/machine-definition', '/xx/sagas', `http://other${HEALTH}`]) {
        const [answer] = await get(target, host)
        expect(answer?.status, target).toBe(400)
        expect(JSON.parse(answer?.body ?? '')).toMatchObject({ statusCode: 400, error: 'Bad Request' })
      }
    })

    test('C7 two hosts are 400, whether they agree or not', async () => {
      for (const other of ['x', 'y/sagas?']) {
        const answers = await send([`GET ${HEALTH} HTTP/1.1`, 'Host: x', `Host: ${other}`, CLOSE])
        expect(answers[0]?.status).toBe(400)
      }
    })

    test.each([
      ['a name with an underscore', HEALTH, 'my_service.ns:3000', 200],
      ['an IPv6 address', HEALTH, '[::1]:3000', 200],
      ['the absolute form', `http://other:80${HEALTH}`, 'x', 200],
      ['the absolute form over TLS', `https://other${HEALTH}`, 'x', 200],
      ['the absolute form, a query and no path', `http://other?${HEALTH}`, 'x', 404],
      ['dots', `/a/..${HEALTH}`, 'x', 200],
      ['two slashes', `//other${HEALTH}`, 'x', 404],
      ['a guarded route in the absolute form', 'http://other/machine-definition', 'x', 401],
      ['a guarded route behind dots', '/-/healthz/../../machine-definition', 'x', 401],
      ['a guarded route, a letter of it encoded', '/%6dachine-definition', 'x', 401],
    ])('C7 the target alone chooses the route: %s', async (_, target, host, status) => {
      expect((await get(target, host))[0]?.status).toBe(status)
    })

    // workerd refuses a request without a host before the Worker runs: see docs/EDGE.md.
    test(`C7 HTTP/1.0 without a host is ${lacks('old-clients') ? 'refused by the host' : 'answered'}`, async () => {
      const status = lacks('old-clients') ? 400 : 200
      expect((await send([`GET ${HEALTH} HTTP/1.0`]))[0]?.status).toBe(status)
      expect((await send(['POST /saga HTTP/1.0', ...CREATION], BODY))[0]?.status).toBe(status)
      expect((await send([`GET ${HEALTH} HTTP/1.0`, 'Host: x']))[0]?.status).toBe(200)
    })

    test.each(['h2c', 'websocket', 'foo/1'])('C7 an offer of %s is ignored', async (protocol) => {
      const offer = ['Connection: Upgrade, HTTP2-Settings', `Upgrade: ${protocol}`, 'HTTP2-Settings: AAEAAEAAAAIAAAAB']
      const post = ['POST /saga HTTP/1.1', 'Host: x', ...offer, ...CREATION]
      const read = [`GET ${HEALTH} HTTP/1.1`, 'Host: x', ...offer]
      for (const [lines, body] of [
        [post, BODY],
        [read, ''],
      ] as const) {
        const line = await connectRaw(stage.worker.port)
        line.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
        expect((await line.answers(1))[0]?.status).toBe(200)
        line.destroy()
      }
    })

    const keyed = (key: string, last?: string) =>
      ['POST /saga HTTP/1.1', 'Host: x', `Idempotency-Key: ${key}`, ...CREATION, ...(last ? [last] : [])].join('\r\n') +
      `\r\n\r\n${BODY}`

    // Bun closes the connection when a second request arrives before the first answer. Acknowledged work is not lost.
    test(`I1 two requests at once on one connection are ${lacks('pipelining') ? 'cut off by the host; repeated, they succeed' : 'both answered'}`, async () => {
      const answers = await exchange(stage.worker.port, keyed('piped-1') + keyed('piped-2', CLOSE))
      expect(answers.map(({ status }) => status)).toEqual(lacks('pipelining') ? [] : [200, 200])
      for (const key of ['piped-1', 'piped-2']) {
        const [again] = await exchange(stage.worker.port, keyed(key, CLOSE))
        expect(again?.status).toBe(200)
        const { sagaId } = JSON.parse(again?.body ?? '') as { sagaId: string }
        expect((await stage.settled(sagaId)).history.events).toHaveLength(3)
      }
    })

    // Longer than the hosts' defaults of 6 s and 12 s. workerd closes after 15 s, which cannot be configured.
    test(`C1.3 an idle connection is ${lacks('idle-connections') ? 'closed by the host' : 'kept for KEEP_ALIVE_TIMEOUT'}`, async () => {
      const line = await connectRaw(stage.worker.port)
      const ask = `GET ${HEALTH} HTTP/1.1\r\nHost: x\r\n\r\n`
      line.write(ask)
      await line.answers(1)
      if (lacks('idle-connections')) await line.ended
      else {
        await sleep(14_000)
        line.write(ask)
        expect(await line.answers(2)).toHaveLength(2)
      }
      line.destroy()
    })

    const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))
    test('C1.3 the default address is all interfaces', async () => {
      for (const host of ['127.0.0.1', ...(hasIpv6 ? ['[::1]'] : [])]) {
        expect((await call(`http://${host}:${stage.worker.port}${HEALTH}`)).status, host).toBe(200)
      }
      expect(stage.worker.stdout).not.toContain('"code":"service.open"') // there is a token
    })

    test('C1.3 HTTP_HOST: listens on that address alone, as logged; on all interfaces without a token it warns', async () => {
      const closed = await RunningWorker.open(tested, { environment: { HTTP_HOST: '127.0.0.1', LOG_LEVEL: 'info' } })
      const open = await RunningWorker.open(tested, { environment: { HTTP_HOST: '0.0.0.0' } })
      try {
        const { worker } = closed
        const said = await eventually(() => /"address":"([^"]+)"/.exec(worker.stdout)?.[1])
        expect(said).toBe(`127.0.0.1:${worker.port}`)
        if (process.platform === 'linux')
          await expect(call(`http://127.0.0.2:${worker.port}${HEALTH}`)).rejects.toThrow()
        expect(worker.stdout).not.toContain('"code":"service.open"')
        expect(open.worker.stdout).toContain('"code":"service.open"')
      } finally {
        await Promise.all([closed.close(), open.close()])
      }
    })
  })
}
