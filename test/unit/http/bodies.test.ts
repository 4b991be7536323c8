import { describe, expect, test } from 'vitest'
import { settle } from '../../../testing/simulation/settle.ts'
import { openTestApp } from './test-app.ts'
import type { TestApp } from './test-app.ts'

const [KB, LIMIT] = [1_000, 400_000]
const TIMEOUT = 30_000
/** Milliseconds without a byte after which a refused body is answered. */
const IDLE = 2_000
const GOOD = '{"associatedEntityId":"e","metadata":{}}'
const FULL = 'the bodies under way take all the memory that they may; send it again'
const BROKEN = 'the body broke off, or its chunks are malformed'

function open(options: Parameters<typeof openTestApp>[0] = {}): TestApp {
  return openTestApp({ bodyLimit: LIMIT, bodiesLimit: 1_000 * KB, bodyTimeout: TIMEOUT, ...options })
}

/** A request whose body the test sends piece by piece, and its state so far. */
interface Upload {
  send(bytes: number | string): Promise<void>
  end(): Promise<void>
  breakOff(): Promise<void>
  answer?: Response
  readonly answered: Promise<Response>
}

/** `length` is the `content-length`; absent for a chunked body. */
function upload({ hono }: TestApp, length?: number, headers: Record<string, string> = {}): Upload {
  let body: ReadableStreamDefaultController<Uint8Array> | undefined
  const stream = new ReadableStream<Uint8Array>({ start: (controller) => void (body = controller) })
  const said: Record<string, string> = length === undefined ? {} : { 'content-length': String(length) }
  const request = new Request('http://batuta.test/saga', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...said, ...headers },
    body: stream,
    duplex: 'half',
  } as RequestInit)
  const answered = Promise.resolve(hono.fetch(request))
  const act = async (run: () => void) => {
    run()
    await settle()
  }
  const one: Upload = {
    answered,
    send: (bytes) =>
      act(() =>
        body?.enqueue(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : new Uint8Array(bytes).fill(0x20)),
      ),
    end: () => act(() => body?.close()),
    breakOff: () => act(() => body?.error(new TypeError('the client has gone'))),
  }
  void answered.then((answer) => (one.answer = answer))
  return one
}

async function expectProblem(answer: Response | undefined, status: number, message: string): Promise<void> {
  expect(answer?.status).toBe(status)
  expect(await answer?.json()).toMatchObject({ statusCode: status, message })
}

describe('C1.3 BODIES_LIMIT', () => {
  test.each([
    ['that say their length', 350 * KB, 0],
    ['that come in chunks', undefined, 350 * KB],
  ])('C1.3 large bodies %s fill seven eighths; a further one is 503, an event is not', async (_, length, sent) => {
    const app = open()
    const begun = [upload(app, length), upload(app, length)]
    for (const one of begun) await one.send(sent)
    const more = upload(app, length)
    await more.send(sent)
    await app.runtime.advance(IDLE)
    await expectProblem(more.answer, 503, FULL)
    expect(more.answer?.headers.get('retry-after')).toBe('1')
    expect(more.answer?.headers.get('connection')).toBe('close')
    expect((await app.post('/saga', GOOD)).status).toBe(200)
    for (const one of begun) expect(one.answer).toBeUndefined()
  })

  test('C1.3 every answer, an error too, frees the bytes of its body', async () => {
    const app = open()
    for (let round = 0; round < 20; round++) {
      const [done, broken, late] = [upload(app, 350 * KB), upload(app, 350 * KB), upload(app, 150 * KB)]
      await done.send(GOOD.padEnd(350 * KB))
      await done.end()
      expect((await done.answered).status).toBe(200)
      await broken.breakOff()
      await expectProblem(await broken.answered, 400, BROKEN)
      await app.runtime.advance(TIMEOUT)
      expect((await late.answered).status).toBe(408)
    }
  })

  test('C1.3 a body counts until the answer, not only while it is read', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const silent = () => Promise.reject(new Error('not asked'))
    const create = async () => {
      await promise
      return { kind: 'created' as const, sagaId: 'S' }
    }
    const app = open({
      corridor: {
        create,
        handle: silent,
        document: silent,
        list: silent,
        count: silent,
        awaitEnd: silent,
        watch: silent,
        watchAll: silent,
        operate: silent,
      },
    })
    const begun = [upload(app, 350 * KB), upload(app, 350 * KB)]
    for (const one of begun) await one.send(GOOD.padEnd(350 * KB))
    for (const one of begun) await one.end()
    const more = upload(app, 350 * KB)
    await app.runtime.advance(IDLE)
    expect(more.answer?.status).toBe(503)
    resolve()
    for (const one of begun) expect((await one.answered).status).toBe(200)
    const last = upload(app, 350 * KB)
    await app.runtime.advance(IDLE)
    expect(last.answer).toBeUndefined()
  })

  test('C1.3 the log has one warning each time that the limit is reached', async () => {
    const app = open()
    const warnings = () => app.runtime.logged.filter(({ code }) => code === 'request.bodies-full').length
    for (let round = 1; round <= 2; round++) {
      const begun = [upload(app, 400 * KB), upload(app, 400 * KB)]
      for (let at = 0; at < 10; at++) upload(app, 350 * KB)
      await app.runtime.advance(1_000)
      expect(warnings()).toBe(round)
      for (const one of begun) await one.breakOff()
    }
  })

  test('C1.3 with two content-lengths the body counts as it arrives', async () => {
    const app = open()
    const twice = { 'content-length': `${GOOD.length}, ${GOOD.length}` }
    const [good, large] = [upload(app, undefined, twice), upload(app, undefined, twice)]
    await good.send(GOOD)
    await good.end()
    expect((await good.answered).status).toBe(200)
    await large.send(LIMIT + 1)
    await large.end()
    expect((await large.answered).status).toBe(413)
    expect(app.runtime.logged.filter(({ code }) => code === 'request.bodies-full')).toEqual([])
  })

  test('C1.3 a body of BODY_LIMIT fits where BODIES_LIMIT is equal', async () => {
    const app = open({ bodiesLimit: LIMIT })
    const one = upload(app, LIMIT)
    await one.send(GOOD.padEnd(LIMIT))
    await one.end()
    expect((await one.answered).status).toBe(200)
  })
})

describe('C1.3 BODY_TIMEOUT', () => {
  test.each([
    ['a small one', 100],
    ['a large one', 300 * KB],
    ['one in chunks', undefined],
  ])('C1.3 a body that does not come is 408 and the connection its last: %s', async (_, length) => {
    const app = open()
    const one = upload(app, length)
    for (let waited = 0; waited < 29_000; waited += 1_000) {
      await one.send(1)
      await app.runtime.advance(1_000)
    }
    expect(one.answer).toBeUndefined()
    await app.runtime.advance(1_000)
    await expectProblem(one.answer, 408, `the body was not there after ${TIMEOUT} ms; send it again`)
    expect(one.answer?.headers.get('connection')).toBe('close')
    expect(app.runtime.timers).toBe(0)
  })

  test.each([
    ['415', { 'content-type': 'text/plain' }, 100 * KB],
    ['413', {}, LIMIT + 1],
  ])(
    'C7 a refused body that stands still is answered soon, one that trickles within the time: %s',
    async (status, headers, length) => {
      const app = open()
      const [still, trickling] = [upload(app, length, headers), upload(app, length, headers)]
      for (let waited = 0; waited < 29_900; waited += 100) {
        await trickling.send(1)
        await app.runtime.advance(100)
      }
      expect(still.answer?.status).toBe(Number(status))
      expect(trickling.answer).toBeUndefined()
      await app.runtime.advance(100)
      expect(trickling.answer?.status).toBe(Number(status))
      expect(app.runtime.timers).toBe(0)
    },
  )
})

test('C7 a refused body whose client pauses for a moment is read to its end: the connection goes on', async () => {
  const app = open()
  const one = upload(app, LIMIT + 1)
  await one.send(LIMIT)
  await app.runtime.advance(IDLE - 100)
  expect(one.answer).toBeUndefined()
  await one.send(1)
  await one.end()
  expect(one.answer?.status).toBe(413)
  expect(one.answer?.headers.get('connection')).toBeNull()
  expect(app.runtime.timers).toBe(0)
})

describe('C7 a body that breaks off', () => {
  test.each([
    ['a small one', 100],
    ['a large one', 300 * KB],
    ['one in chunks', undefined],
  ])('C7 is 400 and a word for debug, not an error: %s', async (_, length) => {
    const app = open()
    const one = upload(app, length)
    await one.send(50)
    await one.breakOff()
    await expectProblem(one.answer, 400, BROKEN)
    const fields = { reqId: expect.any(String), method: 'POST', path: '/saga', why: 'the client has gone' }
    expect(app.runtime.logged).toEqual([expect.objectContaining({ level: 'debug', code: 'request.broken', fields })])
  })
})
