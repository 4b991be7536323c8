import { afterEach, describe, expect, test } from 'vitest'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import type { OutwardRequest } from '../../src/ports/runtime.ts'
import { ANSWER, answersWith, saysNothing } from '../services/odd-peers.ts'
import type { OddPeer } from '../services/odd-peers.ts'

const { fetch } = nodeRuntime('silent')
const REQUEST: OutwardRequest = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{}',
  timeouts: { connect: 2_000, answer: 1_000 },
  keep: 1_000,
}
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

describe("Node's pool", () => {
  let peer: OddPeer | undefined
  afterEach(() => peer?.close())

  const against = async (opening: Promise<OddPeer>, protocol = 'http'): Promise<string> => {
    peer = await opening
    return `${protocol}://127.0.0.1:${peer.port}/`
  }

  test.each([
    ['100', [CONTINUE, ANSWER]],
    ['102, 103', [`HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${ANSWER}`]],
    ['101, which nobody asked for', [`HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n`, ANSWER]],
    ['100 in HTTP/1.0', [`HTTP/1.0 100 Continue\r\n\r\n${ANSWER}`]],
    ['100 without a reason', ['HTTP/1.1 100\r\n\r', `\n${ANSWER}`]],
    ['a hundred of them', [CONTINUE.repeat(100), ANSWER]],
  ])('an interim answer is skipped: %s', async (_, pieces) => {
    const url = await against(answersWith(...pieces))
    for (let times = 0; times < 3; times++) expect(await fetch(url, REQUEST)).toMatchObject({ status: 200, body: '{}' })
    expect(peer?.opened).toBeLessThan(3) // and connections are used again
  })

  test('a body that looks like an interim answer is unchanged', async () => {
    const head = `HTTP/1.1 200 OK\r\ncontent-length: ${CONTINUE.length * 2}\r\n\r\n`
    const url = await against(answersWith(head, CONTINUE, CONTINUE))
    expect(await fetch(url, REQUEST)).toMatchObject({ body: CONTINUE.repeat(2) })
  })

  test.each([
    ['headers without end', [`HTTP/1.1 100 Continue\r\nx: ${'x'.repeat(40_000)}`]],
    ['no HTTP at all', ['SSH-2.0-OpenSSH_9.6\r\n']],
    ['interim answers and then nothing', [CONTINUE, CONTINUE, CONTINUE]],
  ])('P15 %s is no answer, within the time-out', async (_, pieces) => {
    const url = await against(answersWith(...pieces))
    const from = performance.now()
    await expect(fetch(url, REQUEST)).rejects.toThrow()
    expect(performance.now() - from).toBeLessThan(5_000)
  })

  test('P12 twenty at once to a host without TLS end by their time-out', async () => {
    const url = await against(saysNothing(), 'https')
    const from = performance.now()
    const sent = await Promise.allSettled(Array.from({ length: 20 }, () => fetch(url, REQUEST)))
    expect(performance.now() - from).toBeLessThan(10_000)
    expect(sent.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 'rejected'))
  })

  test.each(['expect', 'keep-alive', 'upgrade', 'transfer-encoding', 'connection', 'content-length'])(
    'P12 a send with a header that the client may refuse ends: %s',
    async (name) => {
      const url = await against(saysNothing(), 'https')
      const sent = fetch(url, { ...REQUEST, headers: { [name]: '100-continue' } })
      await expect(sent).rejects.toThrow()
    },
  )

  test('the connections of timed-out requests are closed', async () => {
    const url = await against(saysNothing())
    await Promise.allSettled(Array.from({ length: 5 }, () => fetch(url, REQUEST)))
    await expect.poll(() => peer?.open).toBe(0)
    expect(peer?.opened).toBe(5)
  })
})
