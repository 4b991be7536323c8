import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chunk, sendAllFirst } from '../../services/raw.ts'
import type { RawAnswer } from '../../services/raw.ts'
import { RunningWorker } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

const LIMIT = 1_500_000
/** More than any body, so that only metadata that grow when they are encoded exceed it. */
const SAGA = 1_600_000
const TOO_LARGE = { statusCode: 413, error: 'Content Too Large', message: `the body is larger than ${LIMIT} bytes` }
const HEAD = ['POST /saga HTTP/1.1', 'Content-Type: application/json']

const ENVIRONMENT = { BODY_LIMIT: String(LIMIT), MAX_SAGA_SIZE: String(SAGA) }

/** Bodies that are accepted, and bodies that are refused. */
export function bodies(tested: TestedRuntime): void {
  describe('bodies', () => {
    let stage: RunningWorker
    beforeAll(async () => void (stage = await RunningWorker.open(tested, { environment: ENVIRONMENT })))
    afterAll(() => stage?.close())

    test('C7 a megabyte of metadata is stored whole', async () => {
      const text = 'Zoë 🦄 '.repeat(100_000)
      const id = await stage.create({ text })
      const document = await stage.settled(id)
      expect(document.metadata['text']).toBe(text)
      expect((await stage.commands(id, 2)).map(({ payload }) => payload['text'] === text)).toEqual([true, true])
    })

    test('C7 keys such as __proto__ and constructor are data like any other', async () => {
      const metadata = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1}'
      const answer = await stage.call('/saga', { body: `{"associatedEntityId":"e","metadata":${metadata}}` })
      const { sagaId } = answer.json as { sagaId: string }
      await stage.settled(sagaId)
      const [command] = await stage.commands(sagaId)
      expect(command?.bytes).toContain(metadata)
      const { text } = await stage.call(`/sagas/${sagaId}`)
      expect(text).toContain(metadata.slice(1, -1))
      const { json } = await stage.call(`/sagas/${await stage.create({ clean: true })}`)
      expect(json).toMatchObject({ metadata: { clean: true } })
    })

    test.each([
      ['C7 413 is read by who sends everything first: three times the limit', LIMIT * 3],
      ['C7 413 a single byte over the limit', LIMIT + 1],
    ])('%s', async (_, length) => {
      const head = [...HEAD, `Content-Length: ${length}`]
      expectTooLarge(await sendAllFirst(stage.worker.port, head, pieces(length)))
    })

    test('C7 413 is read by a client that pauses while it sends', async () => {
      const head = [...HEAD, `Content-Length: ${LIMIT + 1}`]
      expectTooLarge(await sendAllFirst(stage.worker.port, head, paused(pieces(LIMIT + 1))))
    })

    test('C7 the client of a chunked body reads its 413', async () => {
      const chunks = function* () {
        for (const piece of pieces(LIMIT * 3)) yield chunk(piece)
        yield chunk(new Uint8Array())
      }
      expectTooLarge(await sendAllFirst(stage.worker.port, [...HEAD, 'Transfer-Encoding: chunked'], chunks()))
    })

    test('C7 an ordinary client reads its 413, and its next request is answered', async () => {
      for (const body of ['x'.repeat(LIMIT * 3), 'x'.repeat(LIMIT + 1)]) {
        const answer = await stage.call('/event', { body })
        expect([answer.status, answer.json]).toEqual([413, TOO_LARGE])
      }
      await stage.create()
    })

    test('C7 a client that sends the whole body first reads its 415', async () => {
      const head = ['POST /saga HTTP/1.1', 'Content-Type: text/plain', `Content-Length: ${LIMIT}`]
      expect((await sendAllFirst(stage.worker.port, head, pieces(LIMIT))).status).toBe(415)
    })

    test.each([
      ['404', 'POST /nowhere HTTP/1.1'],
      ['405', 'PUT /saga HTTP/1.1'],
    ])('C7 %s is read by who sends everything first', async (status, line) => {
      const head = [line, 'Content-Type: application/json', `Content-Length: ${LIMIT * 3}`]
      expect((await sendAllFirst(stage.worker.port, head, pieces(LIMIT * 3))).status).toBe(Number(status))
    })

    test('C7 a body of exactly the limit is accepted', async () => {
      const frame = '{"associatedEntityId":"e","metadata":{"t":""}}'
      const body = frame.replace('""', `"${'x'.repeat(LIMIT - frame.length)}"`)
      expect((await stage.call('/saga', { body })).status).toBe(200)
    })

    test('C7 a chunked body within the limit is accepted', async () => {
      const body = Buffer.from('{"associatedEntityId":"e","metadata":{"chunked":true}}')
      const chunks = [body.subarray(0, 7), body.subarray(7), new Uint8Array()].map(chunk)
      const answer = await sendAllFirst(stage.worker.port, [...HEAD, 'Transfer-Encoding: chunked'], chunks)
      expect(answer.status).toBe(200)
      expect(JSON.parse(answer.body)).toEqual({ sagaId: expect.any(String) })
    })

    test('P24 metadata beyond the limit of the store are 413 and send nothing; without a limit they are accepted', async () => {
      const roomy = await RunningWorker.open(tested)
      try {
        const body = { associatedEntityId: 'e', metadata: { t: 'x'.repeat(4_000_000) } }
        const { status, json } = await roomy.call('/saga', { body })
        if (tested.stores === 'anything') return expect(status).toBe(200)
        const message = `the saga would be larger than the ${tested.stores} bytes that its store takes`
        expect(json).toStrictEqual({ statusCode: 413, error: 'Content Too Large', message })
        expect(roomy.participant.received).toEqual([])
      } finally {
        await roomy.close()
      }
    })

    test('P24 metadata that exceed MAX_SAGA_SIZE as JSON are 413 with limit and remedy, and send nothing', async () => {
      const numbers = '1e20,'.repeat(80_000) // each takes 21 digits when it is stored
      const body = `{"associatedEntityId":"e","metadata":{"n":[${numbers}1]}}`
      const { status, json } = await stage.call('/saga', { body })
      expect(status).toBe(413)
      expect(json).toMatchObject({
        message: expect.stringMatching(/1600000 bytes \(MAX_SAGA_SIZE\); send a reference/),
      })
      expect(stage.participant.received.filter(({ payload }) => 'n' in payload)).toEqual([])
    })

    test('P8 C7 a number that no double holds is stored as the nearest double, and still distinguishes two creations', async () => {
      const create = async (metadata: string) => {
        const headers = { 'idempotency-key': 'inexact' }
        return stage.call('/saga', { body: `{"associatedEntityId":"e","metadata":${metadata}}`, headers })
      }
      const { json } = await create('{"sum":9007199254740993,"much":1e400}')
      const { sagaId } = json as { sagaId: string }
      expect((await stage.document(sagaId)).metadata).toMatchObject({ sum: 9_007_199_254_740_992, much: null })
      expect((await create('{"much":1e400,"sum":9007199254740993}')).json).toEqual({ sagaId })
      expect((await create('{"sum":9007199254740992,"much":1e400}')).status).toBe(422)
    })

    test('C7 deep nesting is 400, and the service goes on', async () => {
      const body = `{"associatedEntityId":"e","metadata":{"d":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`
      expect((await stage.call('/saga', { body })).status).toBe(400)
      await stage.create()
    })
  })
}

function expectTooLarge({ status, body }: RawAnswer): void {
  expect(status).toBe(413)
  expect(JSON.parse(body)).toStrictEqual(TOO_LARGE)
}

function* pieces(length: number): Generator<Uint8Array> {
  const piece = new Uint8Array(64 * 1024).fill(0x20)
  for (let left = length; left > 0; left -= piece.byteLength) yield piece.subarray(0, Math.min(left, piece.byteLength))
}

/** The same pieces, with a pause after the first of them, as a lost packet makes one. */
async function* paused(all: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sent = 0
  for (const piece of all) {
    yield piece
    if (++sent === 1) await sleep(500)
  }
}
