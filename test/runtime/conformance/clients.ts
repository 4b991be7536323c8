import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Chance } from '../../../testing/fuzz/chance.ts'
import { fuzzedBytes } from '../../../testing/fuzz/raw.ts'
import { CONFIRMS } from '../../services/behaviour.ts'
import { eventually } from '../../services/client.ts'
import { openRaw } from '../../services/raw.ts'
import type { RawAnswer, RawClient } from '../../services/raw.ts'
import { RunningWorker } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

const MB = 1_000_000
const HEAD = 'POST /saga HTTP/1.1\r\nHost: batuta.test\r\nContent-Type: application/json\r\n'
const BODY = '{"associatedEntityId":"e","metadata":{}}'
/** Three bodies of a megabyte fit; a fourth does not. */
const LIMITS = { BODY_LIMIT: String(MB), BODIES_LIMIT: String(3.5 * MB), BODY_TIMEOUT: '4s' }

/** Clients that stall, disconnect or send malformed HTTP. They delay no other client and are no errors of the service. */
export function clients(tested: TestedRuntime): void {
  describe('clients', () => {
    let stage: RunningWorker
    const opened: RawClient[] = []
    beforeAll(async () => void (stage = await RunningWorker.open(tested, { environment: LIMITS })))
    afterAll(async () => {
      for (const client of opened) client.close()
      await stage?.close()
    })

    async function begin(text: string | Uint8Array): Promise<RawClient> {
      const client = await openRaw(stage.worker.port)
      opened.push(client)
      client.write(text)
      return client
    }
    const unfinished = (length: number) => begin(`${HEAD}Content-Length: ${length}\r\n\r\n{"a`)

    test('C1.3 stalled bodies hold at most BODIES_LIMIT: further bodies are 503 at once', async () => {
      const large = await Promise.all(Array.from({ length: 12 }, () => unfinished(MB)))
      const refused = await eventually(() => {
        const full = large.filter(({ answer }) => answer?.status === 503)
        return full.length === 9 ? full : undefined
      })
      for (const { answer } of refused) {
        expect(answer?.head).toMatch(/retry-after: 1/i)
        expectProblem(answer, 503)
      }
      await stage.create() // while the three stalled bodies are open
      const late = large.filter((client) => !refused.includes(client))
      for (const client of late) expectProblem(await answerOf(client), 408)
      await stage.create({ text: 'x'.repeat(MB - 1_000) })
    })

    test('C1.3 a body that does not arrive is 408, and its connection is closed', async () => {
      const [small, chunked] = ['Content-Length: 100\r\n\r\n{"a', 'Transfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n']
      const still = await Promise.all([begin(HEAD + small), begin(HEAD + chunked), unfinished(MB)])
      for (const client of still) {
        const answer = await answerOf(client)
        expectProblem(answer, 408)
        expect(answer.head).toMatch(/connection: close/i)
      }
      await eventually(() => still.every(({ isClosed }) => isClosed) || undefined)
    })

    test.each([
      ['no number', 'Transfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n', 'zz\r\n{}\r\n0\r\n\r\n'],
      ['a chunk longer than it says', 'Transfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n', '2\r\n{"asso\r\n0\r\n\r\n'],
    ])('C7 malformed chunks are 400: %s', async (_, rest, malformed) => {
      const client = await begin(HEAD + rest)
      await stage.create() // so that the head is a packet of its own
      client.write(malformed)
      const answer = await answerOf(client)
      expect(answer.status).toBe(400)
      if (tested.judgesChunks === true) expect(answer.body).toBe('')
      else expectProblem(answer, 400)
    })

    test('C3.5 an idempotency-key with bytes beyond ASCII or with NUL is 400 on every runtime', async () => {
      const spellings = [Buffer.from('café-1', 'utf8'), Buffer.from('café-1', 'latin1'), Buffer.from('a%00b')]
      for (const path of ['/saga', '/event']) {
        for (const key of spellings) {
          const head = `${HEAD.replace('/saga', path)}Content-Length: ${BODY.length}\r\nIdempotency-Key: `
          const client = await begin(Buffer.concat([Buffer.from(head), key, Buffer.from(`\r\n\r\n${BODY}`)]))
          expectProblem(await answerOf(client), 400, /^the header idempotency-key must be ASCII/)
        }
      }
      expect(await stage.create({}, 'caf%C3%A9-1')).toBe(await stage.create({}, 'caf%C3%A9-1'))
    })

    test('C8 a content type of thousands of blanks is 415 in no time', async () => {
      const type = `application/json${' '.repeat(15_000)}x`
      for (let at = 0; at < 50; at++) {
        const { status } = await stage.call('/saga', { body: BODY, headers: { 'content-type': type } })
        expect(status).toBe(415)
      }
    })

    test('C7 an encoded body is 415, and the answer names the coding', async () => {
      const answer = await stage.call('/saga', { body: BODY, headers: { 'content-encoding': 'gzip' } })
      expect(answer.json).toMatchObject({ statusCode: 415, message: expect.stringContaining('"gzip"') })
    })

    test('C7 clients that disconnect within a body or before the answer are no errors', async () => {
      const whole = `${HEAD}Content-Length: ${BODY.length}\r\n\r\n${BODY}`
      const partial = [
        `Content-Length: 100\r\n\r\n{"a`,
        `Content-Length: ${MB}\r\n\r\n{"a`,
        'Transfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n',
      ]
      for (const text of [whole, ...partial.map((rest) => HEAD + rest), 'GET /sagas/x HTTP/1.1\r\nHost: x\r\n\r\n']) {
        for (const leave of ['close', 'reset'] as const) {
          const client = await begin(text)
          await stage.create() // by then the service has read the earlier requests
          client[leave]()
        }
      }
      await stage.settled(await stage.create())
      expect(stage.worker.stdout + stage.worker.stderr).not.toMatch(/"level":50|aborted|Error/)
    })

    test('C7 generated bytes on a socket: no server error, no endless wait, and a valid request still works', async () => {
      const known = { labels: Object.values(CONFIRMS), sagas: [await stage.create(), await stage.create()] }
      for (let round = 0; round < 10; round++) {
        const inputs = Array.from({ length: 30 }, (_, at) => fuzzedBytes(Chance.of(SEED, round * 30 + at), known))
        const statuses = await Promise.all(inputs.map((bytes) => exchange(stage.worker.port, bytes)))
        const wrong = statuses.flatMap((status, at) =>
          isFine(status) ? [] : [`seed ${SEED}, input ${round * 30 + at}: ${status}`],
        )
        expect(wrong).toEqual([])
        await stage.create()
      }
      await stage.settled(await stage.create())
      expect(stage.worker.stdout + stage.worker.stderr).not.toMatch(/request\.failed|Error:/)
    })
  })
}

const SEED = 12

/** Sends, closes its half and reads. Resolves with the status, with nothing where the host disconnected, or with an endless wait. */
async function exchange(port: number, bytes: Uint8Array): Promise<number | undefined> {
  const client = await openRaw(port)
  client.write(bytes)
  client.end()
  await eventually(() => client.isClosed || client.answer !== undefined || undefined)
  client.close()
  return client.answer?.status
}

/** A host may refuse a version of HTTP, and workerd's embedded store cannot list. */
function isFine(status: number | undefined): boolean {
  return status === undefined || status < 500 || status === 501 || status === 505
}

function answerOf(client: RawClient): Promise<RawAnswer> {
  return eventually(() => client.answer, 20_000)
}

function expectProblem(answer: RawAnswer | undefined, status: number, message: RegExp = /./): void {
  expect(answer?.status).toBe(status)
  const body = JSON.parse(answer?.body ?? '') as object
  expect(body).toStrictEqual({ statusCode: status, error: expect.any(String), message: expect.stringMatching(message) })
}
