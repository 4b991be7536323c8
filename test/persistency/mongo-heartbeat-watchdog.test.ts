import { EventEmitter } from 'node:events'
import type { MongoClient } from 'mongodb'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HeartbeatWatchdog } from '../../adapters/persistency/mongo/heartbeat-watchdog.ts'
import { answeredWithin } from '../../adapters/persistency/mongo/answered-within.ts'

const CONNECT = 1_000
const SERVER = '127.0.0.1:27017'

/** The part of a client that the watchdog uses; connecting fails as often as set. */
class Client extends EventEmitter {
  readonly options = { heartbeatFrequencyMS: 10_000 }
  readonly asked: string[] = []
  failures = 0

  heartbeat(what: 'Started' | 'Succeeded' | 'Failed', awaited = false): void {
    this.emit(`serverHeartbeat${what}`, { connectionId: SERVER, awaited })
  }

  async close(): Promise<void> {
    this.asked.push('close')
  }

  async connect(): Promise<void> {
    this.asked.push('connect')
    if (this.failures-- > 0) throw new Error('nobody is there')
  }
}

function scene() {
  const client = new Client()
  return { client, pulse: new HeartbeatWatchdog(client as unknown as MongoClient, CONNECT) }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a heartbeat that never ends: the client reconnects, and retries until it is connected', async () => {
  const { client } = scene()
  client.failures = 1
  client.heartbeat('Started')
  await vi.advanceTimersByTimeAsync(2 * CONNECT)
  expect(client.asked).toEqual([])
  await vi.advanceTimersByTimeAsync(501)
  expect(client.asked).toEqual(['close', 'connect'])
  await vi.advanceTimersByTimeAsync(CONNECT)
  expect(client.asked).toEqual(['close', 'connect', 'close', 'connect'])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(client.asked).toHaveLength(4)
})

test('a heartbeat that ends, or whose server is gone, causes no reconnection', async () => {
  const { client } = scene()
  for (const end of ['Succeeded', 'Failed'] as const) {
    client.heartbeat('Started')
    client.heartbeat(end)
  }
  client.heartbeat('Started')
  client.emit('serverClosed', { address: SERVER })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(client.asked).toEqual([])
})

test('an awaited heartbeat may take as long as the interval', async () => {
  const { client } = scene()
  client.heartbeat('Started', true)
  await vi.advanceTimersByTimeAsync(11_000)
  expect(client.asked).toEqual([])
  await vi.advanceTimersByTimeAsync(501)
  expect(client.asked).toEqual(['close', 'connect'])
})

test('a closed client stays closed, also during a reconnection', async () => {
  const { client, pulse } = scene()
  client.failures = 100
  client.heartbeat('Started')
  await vi.advanceTimersByTimeAsync(2 * CONNECT + 500)
  const closing = pulse.close()
  await vi.advanceTimersByTimeAsync(CONNECT)
  await closing
  expect(client.asked.at(-1)).toBe('close')
  const before = client.asked.length
  client.heartbeat('Started')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(client.asked).toHaveLength(before)
})

test('an answer that arrived while the process was paused counts', async () => {
  const { client } = scene()
  client.heartbeat('Started')
  vi.advanceTimersByTime(2 * CONNECT + 500) // timers run before I/O
  client.heartbeat('Succeeded')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(client.asked).toEqual([])
})

test.each([
  ['never ends', () => new Promise<void>(() => undefined)],
  ['fails', () => Promise.reject(new Error('the line is gone'))],
])('a close that %s holds up neither the next connection nor the end', async (_, close) => {
  const { client, pulse } = scene()
  client.close = close
  client.heartbeat('Started')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(client.asked).toEqual(['connect'])
  client.heartbeat('Started')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(client.asked).toEqual(['connect', 'connect'])
  const closing = pulse.close()
  await vi.advanceTimersByTimeAsync(10_000)
  await closing
})

test('P6 a command that is lost with its connection is a time-out', async () => {
  const late = expect(answeredWithin(500, new Promise(() => undefined))).rejects.toThrow('no answer within 500 ms')
  await vi.advanceTimersByTimeAsync(500)
  await late
  expect(await answeredWithin(500, Promise.resolve('answer'))).toBe('answer')
  expect(vi.getTimerCount()).toBe(0)
})
