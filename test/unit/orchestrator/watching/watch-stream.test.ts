import { describe, expect, test } from 'vitest'
import { WatchStream } from '../../../../src/orchestrator/watching/watch-stream.ts'
import { settle } from '../../../../testing/simulation/settle.ts'

/** A stream whose calls of the options are kept. */
interface Scene {
  readonly stream: WatchStream
  readonly calls: string[]
  /** Bytes that wait, by the changes that were told. */
  readonly held: () => number
}

const HEARTBEAT = ':\n\n'
const TOO_SLOW = ': dropped, because events came faster than they were read: come back with Last-Event-ID\n\n'

async function open(limit = 1_000): Promise<Scene> {
  const calls: string[] = []
  let held = 0
  const stream = new WatchStream({
    limit,
    held: (change) => void (held += change),
    closed: () => void calls.push('closed'),
    drained: () => void calls.push('drained'),
  })
  await settle()
  return { stream, calls, held: () => held }
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Everything that a client reads until the end. */
async function restOf({ body }: WatchStream): Promise<string> {
  return new Response(body).text()
}

describe('bytes that wait for a client', () => {
  test('C7 they wait up to the limit; with one more the client is dropped, and has the reason instead of them', async () => {
    const { stream, calls, held } = await open(10)
    expect([stream.push(bytesOf('abcd')), stream.push(bytesOf('efghij'))]).toEqual([true, true])
    expect([stream.bytes, held(), stream.hasEnded]).toEqual([10, 10, false])
    expect(stream.push(bytesOf('k'))).toBe(false)
    expect([stream.hasEnded, calls]).toEqual([true, ['closed']])
    expect(held()).toBe(TOO_SLOW.length)
    expect(await restOf(stream)).toBe(TOO_SLOW)
    expect([stream.bytes, held()]).toEqual([0, 0])
  })

  test('C7 a read takes small parts together, up to a portion of 65,536 bytes, and no part in pieces', async () => {
    const { stream, held } = await open(1_000_000)
    const large = new Uint8Array(70_000).fill(7)
    for (const part of [bytesOf('ab'), new Uint8Array(65_534), bytesOf('c'), bytesOf('de'), large]) stream.push(part)
    const reader = stream.body.getReader()
    const portion = (await reader.read()).value
    expect([portion?.length, textOf(portion?.subarray(0, 2)), portion?.[2]]).toEqual([65_536, 'ab', 0])
    expect(held()).toBe(3 + 70_000)
    expect(textOf((await reader.read()).value)).toBe('cde')
    // Shared with other clients: it is handed on as it is.
    expect((await reader.read()).value).toBe(large)
    expect([stream.bytes, held()]).toEqual([0, 0])
  })

  test('C7 bytes go at once to a client that waits for them; a client that has taken everything is told of', async () => {
    const { stream, calls } = await open()
    const reader = stream.body.getReader()
    const reading = reader.read()
    await settle()
    expect(calls).toEqual(['drained'])
    stream.push(bytesOf('now'))
    expect(textOf((await reading).value)).toBe('now')
    expect([stream.bytes, calls]).toEqual([0, ['drained']])
  })
})

describe('the end of a stream', () => {
  test('C7 the last bytes follow what waits; later ones and a second end change nothing', async () => {
    const { stream, calls, held } = await open()
    stream.push(bytesOf('first '))
    stream.end(bytesOf('last'))
    expect(stream.push(bytesOf('later'))).toBe(true)
    stream.end(bytesOf('again'))
    expect([stream.hasEnded, stream.bytes, calls]).toEqual([true, 10, ['closed']])
    expect(await restOf(stream)).toBe('first last')
    expect([calls, held()]).toEqual([['closed'], 0])
  })

  test('C7 a client that waits for bytes sees the end at once', async () => {
    const { stream, calls } = await open()
    const reading = restOf(stream)
    await settle()
    stream.end()
    expect(await reading).toBe('')
    expect(calls).toEqual(['drained', 'closed'])
  })

  test.each(['leaves', 'is gone'])('C7 a client that %s keeps nothing', async (how) => {
    const { stream, calls, held } = await open()
    stream.push(bytesOf('unread'))
    if (how === 'leaves') await stream.body.cancel()
    else stream.close()
    expect([stream.hasEnded, stream.bytes, held(), calls]).toEqual([true, 0, 0, ['closed']])
  })
})

describe('heartbeats', () => {
  test('C7 a client that takes nothing is dropped at the third heartbeat after its bytes began to wait', async () => {
    const { stream, calls } = await open()
    expect(stream.beat()).toBe(true)
    expect(stream.bytes).toBe(HEARTBEAT.length)
    expect([stream.beat(), stream.beat(), stream.hasEnded]).toEqual([true, true, false])
    expect([stream.beat(), stream.hasEnded, calls]).toEqual([false, true, ['closed']])
    expect(await restOf(stream)).toBe(TOO_SLOW)
  })

  test('C7 a client that reads once in a while stays', async () => {
    const { stream } = await open()
    const reader = stream.body.getReader()
    for (let round = 0; round < 4; round++) {
      expect([stream.beat(), stream.beat(), stream.beat()]).toEqual([true, true, true])
      expect(textOf((await reader.read()).value)).toBe(HEARTBEAT)
    }
    expect(stream.hasEnded).toBe(false)
  })

  test('C7 heartbeats that were missed before a client took everything do not count later', async () => {
    const { stream } = await open()
    const reader = stream.body.getReader()
    stream.push(bytesOf('one'))
    expect([stream.beat(), stream.beat()]).toEqual([true, true])
    await reader.read()
    stream.push(bytesOf('two'))
    expect([stream.beat(), stream.beat(), stream.beat()]).toEqual([true, true, false])
  })
})
